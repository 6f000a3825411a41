//! Projects whose files stand here or there.

const DYNAMIC: &str = "[project]\nname = 'demo'\ndynamic = ['version']\n";
const DESCRIBED: &str = "[project]\nname = 'demo'\ndynamic = ['version']\ndescription = 'x'\n";
const RIGHT: &str = "'''D.'''\n__version__ = '1.2.3'\n";
const OTHER: &str = "'''D.'''\n__version__ = '9.9.9'\n";

/// Paths and contents; the build system is added.
pub(super) type Layout = &'static [(&'static str, &'static str)];

/// Projects for setuptools.
pub(super) const SETUPTOOLS_LAYOUTS: &[Layout] = &[
    &[("setup.cfg", "[metadata]\nname = demo\nversion = 1.2.3\n[options]\npy_modules = demo\n"), ("demo.py", "")],
    &[("setup.cfg", "[metadata]\nname: demo\nversion:\n    1.2.3\n"), ("demo.py", "")],
    &[("setup.cfg", "[metadata]\nname = demo\nVersion = 1.2.3\n"), ("demo.py", "")],
    &[("setup.cfg", "[metadata]\nname = demo\nversion = file: VERSION\n"), ("VERSION", "\n1.2.3\n\n"), ("demo.py", "")],
    &[
        ("setup.cfg", "[metadata]\nname = demo\nversion = file: VERSION\n"),
        ("VERSION", "about 1.2.3\n"),
        ("demo.py", ""),
    ],
    &[("setup.cfg", "[metadata]\nname = demo\nversion = file: NONE\n"), ("demo.py", "")],
    &[("setup.cfg", "[metadata]\nname = demo\nversion = attr: demo.__version__\n"), ("demo.py", RIGHT)],
    &[
        (
            "setup.cfg",
            "[metadata]\nname = demo\nversion = attr: demo.__version__\n[options]\npackage_dir =\n    =lib\npackages = find:\n[options.packages.find]\nwhere = lib\n",
        ),
        ("lib/demo/__init__.py", RIGHT),
        ("demo/__init__.py", OTHER),
    ],
    &[
        (
            "setup.cfg",
            "[metadata]\nname = demo\nversion = attr: demo.__version__\n[options]\npackages = find:\n[options.packages.find]\nwhere = lib\n",
        ),
        ("lib/demo/__init__.py", RIGHT),
    ],
    &[
        (
            "setup.cfg",
            "[metadata]\nname = demo\nversion = attr: demo.sub.V\n[options]\npackages = demo.sub\npackage_dir = demo.sub=x, demo=y\n",
        ),
        ("x/__init__.py", "V = (1, 2, 3)\n"),
        ("y/sub/__init__.py", "V = (9,)\n"),
    ],
    &[
        ("setup.cfg", "[metadata]\nname = demo\nversion = attr: demo.__version__\n[options]\npackages = demo\n"),
        ("demo/__init__.py", RIGHT),
        ("src/demo/__init__.py", OTHER),
    ],
    &[
        ("setup.cfg", "[metadata]\nname = demo\nversion = attr: demo.__version__\n"),
        ("demo.py", OTHER),
        ("src/demo.py", RIGHT),
    ],
    &[
        ("setup.cfg", "[metadata]\nname = demo\nversion = attr: demo.__version__\n[options]\npy_modules = demo\n"),
        ("demo.py", RIGHT),
        ("demo/__init__.py", OTHER),
    ],
    &[
        ("setup.py", "from setuptools import setup\nsetup(name='demo', version='1.2.3', py_modules=['demo'])\n"),
        ("setup.cfg", "[metadata]\nversion = 1.2.4\n"),
        ("demo.py", ""),
    ],
    &[
        (
            "setup.py",
            "import setuptools\nV = '1.2' + '.3'\nif __name__ == '__main__':\n    setuptools.setup(name='demo', version=V, py_modules=['demo'])\n",
        ),
        ("demo.py", ""),
    ],
    &[
        (
            "setup.py",
            "from setuptools import setup\ndef main():\n    setup(name='demo', version='1.2.3', py_modules=['demo'])\nmain()\n",
        ),
        ("demo.py", ""),
    ],
    &[("setup.py", "from setuptools import setup\nsetup(name='demo', py_modules=['demo'])\n"), ("demo.py", RIGHT)],
    &[
        ("setup.py", "from setuptools import setup\nkw = dict(name='demo', version='1.2.3')\nsetup(**kw)\n"),
        ("demo.py", ""),
    ],
    &[("setup.py", "from setuptools import setup\nsetup(name='demo', version='1.2.3-SNAPSHOT')\n"), ("demo.py", "")],
    &[
        ("setup.py", "from setuptools import setup\nsetup(name='demo', version=1.5, py_modules=['demo'])\n"),
        ("demo.py", ""),
    ],
    &[
        ("setup.py", "from setuptools import setup\nsetup(name='demo', version='', py_modules=['demo'])\n"),
        ("demo.py", ""),
    ],
    &[
        ("pyproject.toml", DYNAMIC),
        ("setup.py", "from setuptools import setup\nsetup(version='1.2.3')\n"),
        ("demo.py", ""),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {file = 'V'}\n",
        ),
        ("setup.py", "from setuptools import setup\nsetup(version='9')\n"),
        ("V", "1.2.3\n"),
        ("demo.py", ""),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {file = ['V', 'W']}\n",
        ),
        ("V", "1.2.3"),
        ("demo.py", ""),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {file = ['V', 'W']}\n",
        ),
        ("V", "1.2"),
        ("W", "3"),
        ("demo.py", ""),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {file = ['../V']}\n",
        ),
        ("demo.py", ""),
    ],
    &[("pyproject.toml", DYNAMIC), ("demo.py", RIGHT)],
    &[("pyproject.toml", "[project]\nname = 'demo'\n"), ("demo.py", RIGHT)],
    &[("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\ndynamic = ['version']\n"), ("demo.py", RIGHT)],
    &[
        ("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\n"),
        ("setup.py", "from setuptools import setup\nsetup(version='9')\n"),
        ("demo.py", ""),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'acme-demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {attr = 'acme.demo.about.V'}\n[tool.setuptools.packages.find]\nwhere = ['code']\n",
        ),
        ("code/acme/demo/about.py", "V: str = '1.2.3'\n"),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools]\npackage-dir = {'' = 'code'}\n[tool.setuptools.dynamic]\nversion = {attr = 'demo.V'}\n",
        ),
        ("code/demo/__init__.py", "V = '1.2.3'\n"),
        ("src/demo/__init__.py", "V = '9'\n"),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {attr = 'none.V'}\n",
        ),
        ("demo.py", ""),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {attr = 'demo.v.V'}\n",
        ),
        ("src/demo/__init__.py", ""),
        ("src/demo/v.py", "import nothing_here\nV = '1.2.3'\n"),
    ],
    &[
        (
            "pyproject.toml",
            "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.setuptools.dynamic]\nversion = {attr = 'demo.V'}\n",
        ),
        ("src/demo/__init__.py", "def V():\n    return '1.2.3'\n"),
    ],
];

/// Projects for the others: the back end and the files.
pub(super) const OTHER_LAYOUTS: &[(&str, Layout)] = &[
    ("flit_core.buildapi", &[("pyproject.toml", DESCRIBED), ("demo.py", RIGHT)]),
    ("flit_core.buildapi", &[("pyproject.toml", DESCRIBED), ("demo.py", RIGHT), ("src/demo.py", RIGHT)]),
    ("flit_core.buildapi", &[("pyproject.toml", DESCRIBED), ("demo.py", RIGHT), ("demo/__init__.py", RIGHT)]),
    (
        "flit_core.buildapi",
        &[
            ("pyproject.toml", DESCRIBED),
            ("demo/__init__.py", "'''D.'''\n"),
            ("demo/_version.py", RIGHT),
            ("demo/__version__.py", OTHER),
        ],
    ),
    ("flit_core.buildapi", &[("pyproject.toml", DESCRIBED), ("demo/__init__.py", RIGHT), ("demo/version.py", OTHER)]),
    (
        "flit_core.buildapi",
        &[
            ("pyproject.toml", DESCRIBED),
            ("demo/__init__.py", "'''D.'''\nfrom .about import __version__\n"),
            ("demo/about.py", RIGHT),
        ],
    ),
    ("flit_core.buildapi", &[("pyproject.toml", DESCRIBED), ("other.py", RIGHT)]),
    (
        "flit_core.buildapi",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\ndescription = 'x'\n[tool.flit.module]\nname = 'acme.demo'\n",
            ),
            ("src/acme/demo/__init__.py", RIGHT),
        ],
    ),
    (
        "flit_core.buildapi",
        &[
            ("pyproject.toml", DESCRIBED),
            ("demo/__init__.py", "'''D.'''\n__version__ = '1.2'\n__version__ = '1.2.3'\n"),
        ],
    ),
    (
        "flit_core.buildapi",
        &[("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\ndescription = 'x'\n"), ("demo.py", OTHER)],
    ),
    ("flit_core.buildapi", &[("pyproject.toml", "[project]\nname = 'demo'\ndescription = 'x'\n"), ("demo.py", RIGHT)]),
    (
        "hatchling.build",
        &[
            ("pyproject.toml", DYNAMIC),
            ("hatch.toml", "[version]\npath = 'v.py'\n"),
            ("v.py", RIGHT),
            ("demo.py", OTHER),
        ],
    ),
    ("hatchling.build", &[("pyproject.toml", DYNAMIC), ("demo.py", RIGHT)]),
    (
        "hatchling.build",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.hatch.version]\npath = 'none.py'\n",
            ),
            ("demo.py", RIGHT),
        ],
    ),
    (
        "hatchling.build",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.hatch.version]\npath = 'VERSION'\npattern = '(?P<version>.+)'\n",
            ),
            ("VERSION", "1.2.3\n"),
            ("demo.py", ""),
        ],
    ),
    (
        "hatchling.build",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.hatch.version]\npath = 'VERSION'\npattern = 'v(.+)'\n",
            ),
            ("VERSION", "v1.2.3\n"),
            ("demo.py", ""),
        ],
    ),
    (
        "hatchling.build",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.hatch.version]\npath = 'x.json'\npattern = '\"version\": \"(?P<version>[^\"]+)\"'\n",
            ),
            ("x.json", "{\"version\": \"1.2.3\"}"),
            ("demo.py", ""),
        ],
    ),
    (
        "hatchling.build",
        &[("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\ndynamic = ['version']\n"), ("demo.py", "")],
    ),
    (
        "hatchling.build",
        &[
            ("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\n[tool.hatch.version]\npath = 'demo.py'\n"),
            ("demo.py", OTHER),
        ],
    ),
    (
        "hatchling.build",
        &[("pyproject.toml", "[project]\nname = 'demo'\n[tool.hatch.version]\npath = 'demo.py'\n"), ("demo.py", RIGHT)],
    ),
    ("hatchling.build", &[("pyproject.toml", "[project]\nname = 'demo'\nversion = ''\n"), ("demo.py", RIGHT)]),
    (
        "poetry.core.masonry.api",
        &[
            ("pyproject.toml", "[tool.poetry]\nname = 'demo'\nversion = '1.2.3'\ndescription = ''\nauthors = []\n"),
            ("demo.py", ""),
        ],
    ),
    (
        "poetry.core.masonry.api",
        &[
            ("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\n[tool.poetry]\nversion = '1.2.3'\n"),
            ("demo.py", ""),
        ],
    ),
    (
        "poetry.core.masonry.api",
        &[
            ("pyproject.toml", "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.poetry]\nversion = '1.2.3'\n"),
            ("demo.py", ""),
        ],
    ),
    (
        "poetry.core.masonry.api",
        &[("pyproject.toml", "[project]\nname = 'demo'\n[tool.poetry]\nversion = '1.2.3'\n"), ("demo.py", "")],
    ),
    (
        "poetry.core.masonry.api",
        &[("pyproject.toml", "[tool.poetry]\nname = 'demo'\ndescription = ''\nauthors = []\n"), ("demo.py", "")],
    ),
    (
        "poetry.core.masonry.api",
        &[
            ("pyproject.toml", "[tool.poetry]\nname = 'demo'\nversion = '1.2.x'\ndescription = ''\nauthors = []\n"),
            ("demo.py", ""),
        ],
    ),
    ("poetry.core.masonry.api", &[("pyproject.toml", "[project]\nname = 'demo'\n"), ("demo.py", "")]),
    ("pdm.backend", &[("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\n"), ("demo.py", "")]),
    (
        "pdm.backend",
        &[("pyproject.toml", "[project]\nname = 'demo'\nversion = '1.2.3'\ndynamic = ['version']\n"), ("demo.py", "")],
    ),
    ("pdm.backend", &[("pyproject.toml", "[project]\nname = 'demo'\n"), ("demo.py", "")]),
    (
        "pdm.backend",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.pdm.version]\npath = 'demo.py'\n",
            ),
            ("demo.py", RIGHT),
        ],
    ),
    (
        "pdm.backend",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'file'\npath = 'V'\npattern = 'v(.+)'\n",
            ),
            ("V", "v1.2.3"),
            ("demo.py", ""),
        ],
    ),
    (
        "pdm.backend",
        &[
            (
                "pyproject.toml",
                "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'file'\npath = 'none.py'\n",
            ),
            ("demo.py", ""),
        ],
    ),
    (
        "pdm.backend",
        &[
            ("pyproject.toml", "[project]\nname = 'demo'\ndynamic = ['version']\n[tool.pdm.version]\nsource = 'vcs'\n"),
            ("demo.py", ""),
        ],
    ),
    (
        "pdm.backend",
        &[
            ("pyproject.toml", "[project]\nname = 'demo'\n[tool.pdm.version]\nsource = 'file'\npath = 'demo.py'\n"),
            ("demo.py", RIGHT),
        ],
    ),
];
