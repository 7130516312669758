//go:build !linux

package cli

import (
	"errors"
	"os"
)

const memfdWorks = false

func sealedMemory(string, []byte, bool) (*os.File, error) { return nil, errors.ErrUnsupported }
