package azure

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/secretmux/secretmux"
)

// GetVersion returns one version: an id of 32 hexadecimal digits, current or
// previous. Anything else is ErrInvalid before any call; a version that does not
// exist is ErrNotFound.
//
// The previous version is the newest one, by its time of creation, that is enabled
// and older than the current one; of versions made in the same second, the version
// with the higher id counts. If all older versions are disabled, the error is
// ErrDisabled. This read also needs the permission to list. It reads the current
// version, all pages of the list and the version itself: three calls for up to 25
// versions, and minutes for thousands.
func (p *Provider) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	const op = "get version"
	switch {
	case version == secretmux.VersionCurrent:
		return p.get(ctx, op, name, "")
	case version == secretmux.VersionPrevious:
		return p.getPrevious(ctx, op, name)
	case !validVersion(version):
		if err := secretmux.ValidateName(name); err != nil {
			return secretmux.Secret{}, err
		}
		return secretmux.Secret{}, secretmux.Invalid(op, "the version does not have the form of an id of Key Vault", "write 32 hexadecimal digits, current or previous")
	}
	return p.get(ctx, op, name, strings.ToLower(version))
}

func validVersion(version string) bool {
	for i := range len(version) {
		if !hexDigit(version[i]) {
			return false
		}
	}
	return len(version) == 32
}

func (p *Provider) getPrevious(ctx context.Context, op, name string) (secretmux.Secret, error) {
	key, err := p.key(name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	current, err := p.read(ctx, key, "")
	// A disabled current version is the usual reason to ask for the previous one.
	if class, _ := classify(err); err != nil && !(errors.Is(class, secretmux.ErrDisabled) && !errors.Is(err, errDeleted)) {
		return p.finish(op, name, key, secretmux.Secret{}, err)
	}
	if err == nil && current.Created().IsZero() {
		return p.finish(op, name, key, secretmux.Secret{}, malformed("the current version does not say when it was made"))
	}
	all, err := p.revisions(ctx, key)
	if err != nil {
		return p.finish(op, name, key, secretmux.Secret{}, err)
	}
	id, err := previous(all, revision{id: current.Version(), created: current.Created()})
	if err != nil {
		return p.finish(op, name, key, secretmux.Secret{}, err)
	}
	secret, err := p.read(ctx, key, id)
	return p.finish(op, name, key, secret, err)
}

// revision is one version in the vault's list, which is not sorted.
type revision struct {
	id      string
	created time.Time
	enabled bool
}

func (r revision) newerThan(o revision) bool {
	if r.created.Equal(o.created) {
		return r.id > o.id
	}
	return r.created.After(o.created)
}

// previous finds the id of the version before current. The zero revision means that
// the current version can't be read. It is then the newest of all.
func previous(all []revision, current revision) (id string, err error) {
	if current.id == "" {
		for _, r := range all {
			if r.newerThan(current) {
				current = r
			}
		}
	}
	var best revision
	err = errNoPrevious
	for _, r := range all {
		switch {
		case r.id == current.id || r.created.After(current.created):
		case r.enabled && (best.id == "" || r.newerThan(best)):
			best, err = r, nil
		case best.id == "":
			err = errPreviousDisabled
		}
	}
	return best.id, err
}

func (p *Provider) revisions(ctx context.Context, key string) ([]revision, error) {
	client, err := p.conn.client()
	if err != nil {
		return nil, err
	}
	var all []revision
	pages := newPages(toListVersions, client.NewListSecretPropertiesVersionsPager(key, nil), func(r azsecrets.ListSecretPropertiesVersionsResponse) page {
		return page{items: r.Value, next: r.NextLink}
	})
	for pages.more() {
		items, err := pages.next(ctx)
		if err != nil {
			return nil, p.proven(ctx, client, key, err)
		}
		for _, item := range items {
			name, id := "", ""
			if item != nil {
				name, id = parseID(item.ID)
			}
			if !strings.EqualFold(name, key) || !validVersion(id) || item.Attributes == nil || item.Attributes.Created == nil {
				return nil, malformed("an item in the list of versions is not a version")
			}
			enabled := item.Attributes.Enabled == nil || *item.Attributes.Enabled
			all = append(all, revision{id: id, created: timeOf(item.Attributes.Created), enabled: enabled})
		}
	}
	return all, nil
}
