package vault

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// GetVersion returns a version by its number, the current one, or the previous
// one, which is the one below the current. A number that has leading zeros, a
// sign, or is below 1 is ErrInvalid. KV version 1 and dynamic secrets have the
// current one only; all others are errors.ErrUnsupported.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	const op = "get version"
	if version == secretmux.VersionCurrent {
		return p.read(ctx, op, name, "")
	}
	err := p.admit(ctx, name)
	if err == nil && (p.opts.Dynamic || p.opts.KV == 1) {
		err = errNoVersions
	}
	if err == nil && version == secretmux.VersionPrevious {
		version, err = p.previous(ctx, name)
	}
	if err == nil && !versionID(version) {
		err = errVersionID
	}
	if err != nil {
		p.mount.doubt(err)
		return secretmux.Secret{}, p.fail(op, name, err)
	}
	return p.read(ctx, op, name, version)
}

// previous is the number below the current one, which may itself be deleted.
func (p *Provider) previous(ctx context.Context, name string) (string, error) {
	sent := time.Now()
	a, _, err := p.do(ctx, get(p.below("data", name)))
	if err != nil {
		return "", err
	}
	v, err := a.versioned()
	if errors.Is(err, errAbsent) {
		return "", p.mount.absent(ctx, name, "")
	}
	if !v.known {
		return "", err
	}
	// A current version that is deleted has a number too, so err does not matter.
	p.mount.saw(name, "")
	p.mount.proved(sent)
	// The metadata would tell which older versions still exist, but it is a path of
	// its own that most policies do not allow.
	n, err := strconv.ParseInt(v.meta.Version, 10, 64)
	if err != nil || n <= 1 {
		return "", errAbsent // the answer has proved the mount
	}
	return strconv.FormatInt(n-1, 10), nil
}

// versionID reports whether s is a number from 1 in its one spelling. Zero would
// be the latest version.
func versionID(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n >= 1 && strconv.FormatInt(n, 10) == s
}
