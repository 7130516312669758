package gcp

import (
	"context"
	"strconv"

	"github.com/secretmux/secretmux"
)

// GetVersion returns a version by its number or by a version alias of the secret.
// VersionCurrent is the version that Get reads. VersionPrevious is the number before
// it. The word latest-enabled means the newest version that is enabled and needs
// secretmanager.versions.list; an alias with this name, or with the name current or
// previous, can't be read.
//
// A version that does not exist is ErrNotFound. A version that is disabled or
// destroyed is ErrDisabled. A text that is neither a number nor an alias is
// ErrInvalid, without a call. VersionPrevious costs two reads.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	const op = "get version"
	switch {
	case version == secretmux.VersionCurrent:
		return p.get(ctx, op, name, p.opts.Alias)
	case version == secretmux.VersionPrevious:
		return p.previous(ctx, op, name)
	}
	if _, err := p.opts.id(name); err != nil {
		return secretmux.Secret{}, err
	}
	if !validVersion(version) {
		return secretmux.Secret{}, secretmux.Invalid(op, "the version is neither a number nor an alias",
			"write ?version= and a number, a version alias, current, previous or latest-enabled")
	}
	return p.get(ctx, op, name, version)
}

func (p *Provider) previous(ctx context.Context, op, name string) (secretmux.Secret, error) {
	id, err := p.opts.id(name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	current, err := p.access(ctx, id, p.opts.Alias)
	if err != nil {
		return secretmux.Secret{}, p.fail(op, name, err)
	}
	n, err := strconv.ParseInt(current.version, 10, 64)
	if err != nil || n < 2 {
		return secretmux.Secret{}, p.fail(op, name, errNoPrevious)
	}
	return p.get(ctx, op, name, strconv.FormatInt(n-1, 10))
}
