package vault

import (
	"strings"

	"github.com/secretmux/secretmux"
)

// cleanPath reports whether a path reaches the server exactly as written. Servers
// and proxies clean paths: .. would leave the mount, and // would name another
// secret. So a name could read a secret that its policy was not written for.
func cleanPath(path string) bool {
	return secretmux.ValidateName(path) == nil && !dotted(path)
}

// dotted reports whether a segment ends in a dot. The server has no such paths: it
// answers 404 "unsupported path", which looks like an absent secret
// (https://developer.hashicorp.com/vault/api-docs).
func dotted(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasSuffix(segment, ".") {
			return true
		}
	}
	return false
}

// validateName adds Vault's own rule to the one of all providers. The check is made
// before any call, so a bad name costs nothing and can't be mistaken for an absent
// one.
func validateName(name string) error {
	if err := secretmux.ValidateName(name); err != nil {
		return err
	}
	if dotted(name) {
		return secretmux.Invalid("parse reference", "a segment of the name ends in a dot", "Vault accepts no path with such a segment; rename the secret")
	}
	return nil
}

// below is the path of name in the mount. folder is the API's own folder between the two, which
// may be empty. url.URL escapes the result when the request is made, so it must not be escaped
// here: %2F in a name means these three characters.
func (p *Provider) below(folder, name string) string {
	var segments []string
	for _, s := range []string{p.opts.Mount, folder, p.opts.Prefix, name} {
		if s != "" {
			segments = append(segments, s)
		}
	}
	return strings.Join(segments, "/")
}

// misplaced is a hint for a name that was copied from the API: with v1/, the mount,
// data/ or the link's folder in front. The link's path has all of these already. It
// is the commonest mistake with KV version 2, whose API path has a segment that its
// users never see elsewhere.
func (o Options) misplaced(name string) string {
	// A folder may have the name data, so this can only be a hint: the server is
	// asked for the name as written. Removing the prefix silently would give one
	// secret two names.
	rest := strings.TrimPrefix(name, "v1/")
	rest = strings.TrimPrefix(rest, "ui/vault/secrets/")
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
	return "if you copied a path of the API: write only the part after the link's path, without v1/ or ui/, the mount, data/ and the folder"
}
