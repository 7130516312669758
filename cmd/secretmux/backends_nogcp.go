//go:build nogcp

package main

import "github.com/secretmux/secretmux"

func google() []secretmux.Backend { return nil }
