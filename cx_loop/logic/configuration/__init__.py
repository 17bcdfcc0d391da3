"""The format of configuration as code, without a word about databases."""
