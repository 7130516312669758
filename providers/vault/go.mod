module github.com/secretmux/secretmux/providers/vault

go 1.25.0

require github.com/secretmux/secretmux v0.0.0

replace github.com/secretmux/secretmux => ../..
