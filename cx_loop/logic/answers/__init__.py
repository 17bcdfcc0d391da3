"""What customers answered, from whatever tool: responses, and the mapping that makes observations
of them."""
