"""Architecture diagrams: graph, layout and SVG."""
