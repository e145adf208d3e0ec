"""The methods of the Bot API that the sandbox serves, one function each."""
