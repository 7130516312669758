package vault

import (
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
)

// cleanPath reports whether a path reaches the server as it is written. The
// official client cleans paths, so that .. would leave the mount and // would
// name another secret.
func cleanPath(path string) bool {
	return secretmux.ValidateName(path) == nil && !dotted(path)
}

// dotted reports whether a segment ends in a dot, for which the server has no
// paths.
func dotted(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasSuffix(segment, ".") {
			return true
		}
	}
	return false
}

func validateName(name string) error {
	if err := secretmux.ValidateName(name); err != nil {
		return err
	}
	if dotted(name) {
		return &secretmux.Error{
			Op: "parse reference", Class: secretmux.ErrInvalid, Err: errors.New("a segment of the name ends in a dot"),
			Hint: "Vault has no such paths",
		}
	}
	return nil
}

// below is the path of name in the mount, with the API's own folder between
// them, which may be empty.
func (p *Provider) below(folder, name string) string {
	var segments []string
	for _, s := range []string{p.opts.Mount, folder, p.opts.Prefix, name} {
		if s != "" {
			segments = append(segments, s)
		}
	}
	return strings.Join(segments, "/")
}
