"""Icons, colours and style sheet of the pictures; an icon is a path on a grid of 24 by 24."""

from importlib.resources import files

# Strokes only, so that one colour and one width fit them all.
GLYPHS: dict[str, str] = {
    "applications": "M5 6h14v10H5zM9 20h6M12 16v4",
    "bucket": "M5 7l2 12h10l2-12M5 7c0-3 14-3 14 0s-14 3-14 0",
    "budget": "M12 4a8 8 0 1 0 .01 0"
    "M14.5 9.5c-1-1.6-5-1.4-5 .7 0 2.4 5 1.2 5 3.6 0 2.1-4.2 2.2-5.2.6"
    "M12 7v10",
    "dashboard": "M4 19h16M7 16v-5M12 16V6M17 16v-8",
    "endpoint": "M12 4a8 8 0 1 0 .01 0M12 8.5a3.5 3.5 0 1 0 .01 0M12 2v3M12 19v3M2 12h3M19 12h3",
    "event rule": "M13 3L6 13h5l-1 8 8-11h-6z",
    "function": "M7 4h3l7 16h-3M12 11l-5 9",
    "image build": "M4 20l8-8M10 6l4-3 7 7-3 4-3-1-4-4z",
    "image repository": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "key": "M8 9a4 4 0 1 0 .01 0M12 13h9M18 13v4M15 13v3",
    "model": "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 8a4 4 0 1 0 .01 0",
    "model versions": "M4 9h12v10H4zM7 6h13v10M7 13h6M7 16h4",
    "network": "M12 3.5a2 2 0 1 0 .01 0"
    "M5 16.5a2 2 0 1 0 .01 0M19 16.5a2 2 0 1 0 .01 0M11 7.5l-5 9"
    "M13 7.5l5 9M7 18.5h10",
    "notebook": "M7 3h12v18H7zM4 7h5M4 12h5M4 17h5M12 8h4M12 12h4",
    "parameter": "M4 7h9M17 7h3M15 5v4M4 16h3M11 16h9M9 14v4",
    "queue": "M4 7h3v10H4zM10 7h3v10h-3zM16 7h4v10h-4z",
    "schedule": "M12 4a8 8 0 1 0 .01 0M12 8v4.5l3 2",
    "stack": "M4 8l8-4 8 4-8 4zM4 12l8 4 8-4M4 16l8 4 8-4",
    "state machine": "M4 4h6v5H4zM14 4h6v5h-6zM9 15h6v5H9zM7 9v3h10V9M12 12v3",
    "topic": "M4 10v4l9 4V6zM13 8c4-1 5 0 7-2v12c-2-2-3-1-7-2",
}

# The families into which AWS groups its services, in colours that white signs can be read on.
COLOURS: dict[str, str] = {
    "compute": "#c2570c",
    "containers": "#c2570c",
    "developer": "#4d5bd1",
    "integration": "#c2256e",
    "learning": "#0b7a6b",
    "management": "#b0084d",
    "network": "#7440c2",
    "outside": "#4a5768",
    "security": "#c22f2f",
    "storage": "#3a7d1c",
}

STYLE = files("reviewer.diagram").joinpath("picture.css").read_text(encoding="utf-8").strip()
