package vault

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// GetVersion returns a version by its number, or "current", or "previous", which is
// the one below the current. A number with leading zeros or a sign, or below 1, is
// ErrInvalid. KV version 1 and dynamic secrets have only the current version; any
// other is errors.ErrUnsupported.
//
// An unknown version is never answered with the latest one: a caller that asks for
// an old password would get the new one and lock an account with it.
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

// previous is the number of the version below the current one. The current one may
// be deleted: the version below it is still the previous one.
//
// It does not step back over deleted versions. An older password is rarely the one
// that a caller needs during a rotation, and each step would cost a call.
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
	// A deleted current version has a number too, so the error does not matter
	// here.
	p.mount.saw(name, "")
	p.mount.proved(sent)
	// The metadata lists the older versions, but it has its own path, and most
	// policies do not allow that. The version may be gone all the same. Then the
	// read that follows says so.
	n, err := strconv.ParseInt(v.meta.Version, 10, 64)
	if err != nil || n <= 1 {
		return "", errAbsent // the answer proved the mount, so this version is absent
	}
	return strconv.FormatInt(n-1, 10), nil
}

// versionID reports whether s is a number from 1, in its only spelling. Version 0
// would mean the latest one. A second spelling of one version would be a second
// entry in a cache.
func versionID(s string) bool {
	n, err := strconv.ParseInt(s, 10, 64)
	return err == nil && n >= 1 && strconv.FormatInt(n, 10) == s
}
