"""The widget other people's pages show: which stores have an article, on any origin, read only."""
