"""What every room needs to ask and answer over HTTP: dependencies, parameters, problems, links, the API document."""
