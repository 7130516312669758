package vault

import (
	"strings"

	"github.com/secretmux/secretmux"
)

// cleanPath reports whether a path reaches the server as it is written. Servers and
// proxies clean paths, so that .. would leave the mount and // would name another
// secret, with the token of this one.
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
		return secretmux.Invalid("parse reference", "a segment of the name ends in a dot", "Vault has no such paths")
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

// misplaced is a hint for those who write a name as the API has it: with v1/, the
// mount, data/, or the link's folder in front, all of which are there already.
func (o Options) misplaced(name string) string {
	// A folder may well be called data, so this can be a hint only: the server is
	// asked for the name as it is written.
	rest := strings.TrimPrefix(name, "v1/")
	rest = strings.TrimPrefix(rest, o.Mount+"/")
	own := []string{o.Prefix}
	if o.engine() == engineV2 {
		own = append(own, "data", "metadata")
		if first, _, _ := strings.Cut(o.Prefix, "/"); first == "data" || first == "metadata" {
			return "the link's path has the " + first + "/ of the API; leave it out"
		}
	}
	for _, folder := range own {
		if folder != "" {
			rest = strings.TrimPrefix(rest, folder+"/")
		}
	}
	if rest == name {
		return ""
	}
	return "if this is the API's path: a name is what comes below the link's, without v1/, the mount, data/ and the folder"
}
