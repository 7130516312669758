package file

import (
	"path/filepath"
	"strings"

	"github.com/secretmux/secretmux"
)

// checkName returns an ErrInvalid for a name that no file of the folder has.
func (p *Provider) checkName(op, name string) error {
	if err := secretmux.ValidateName(name); err != nil {
		return err
	}
	if hidden(name) {
		return p.fail(op, name, errHidden)
	}
	if !filepath.IsLocal(name) || filepath.Separator != '/' && strings.ContainsRune(name, filepath.Separator) {
		return p.fail(op, name, errNotLocal)
	}
	return nil
}

// hidden reports whether a segment of name starts with "..". Kubernetes reserves
// such names for the links and generations of its volumes.
func hidden(name string) bool {
	return strings.HasPrefix(name, "..") || strings.Contains(name, "/..")
}
