//go:build !nogcp

package main

import (
	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// google is a separate function, because this backend brings protobuf, which is
// half of the binary.
func google() []secretmux.Backend { return []secretmux.Backend{gcp.Backend()} }
