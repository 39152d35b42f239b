"""The network side of the city server: routes, requests, the description of the API, the process itself."""
