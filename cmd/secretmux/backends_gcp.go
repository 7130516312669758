//go:build !nogcp

package main

import (
	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// google is the backend that brings protobuf, and with it half of the binary.
func google() []secretmux.Backend { return []secretmux.Backend{gcp.Backend()} }
