package azure

import (
	"context"
	"iter"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/secretmux/secretmux"
)

// List yields the names that start with prefix, in the order of the vault. A name has
// the spelling of the vault, or the spelling in which it was first asked for. prefix
// must match that spelling, in upper and lower case too. List leaves out a secret
// that no name gives: a secret without Options.Prefix, or one that Options.Separator
// can't have written. It yields disabled secrets and the secrets behind certificates.
//
// Key Vault does not filter, so a list reads all pages of the vault: one call for
// 25 secrets. It needs the permission to list, and reads no values. Info has
// the times of the current version and whether it is enabled, and no Version.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		fail := func(err error) { yield(secretmux.Info{}, p.fail("list", "", err)) }
		client, err := p.conn.client()
		if err != nil {
			fail(err)
			return
		}
		pages := secretPages(client)
		for pages.more() {
			items, err := pages.next(ctx)
			if err != nil {
				fail(err)
				return
			}
			for _, item := range items {
				info, ok, err := p.info(item)
				if err != nil {
					fail(err)
					return
				}
				if ok && strings.HasPrefix(info.Name, prefix) && !yield(info, nil) {
					return
				}
			}
		}
	}
}

// info describes an item of the list. ok is false if no name gives it.
func (p *Provider) info(item *azsecrets.SecretProperties) (info secretmux.Info, ok bool, err error) {
	key := ""
	if item != nil {
		key, _ = parseID(item.ID)
	}
	if key == "" {
		return secretmux.Info{}, false, malformed("an item in the list of secrets is not a secret")
	}
	info.Name, ok = p.names.name(key)
	if holder, taken := p.claims.Holder(fold(key)); taken {
		info.Name = holder
	}
	info.Source = p.source
	if item.Attributes != nil {
		info.Created, info.Expires = timeOf(item.Attributes.Created), timeOf(item.Attributes.Expires)
		info.VersionCreated = info.Created // Updated also changes with attributes and tags
		info.Updated, info.Enabled = timeOf(item.Attributes.Updated), item.Attributes.Enabled
	}
	return info, ok, nil
}

// page is the common form of the answers to both kinds of list.
type page struct {
	items []*azsecrets.SecretProperties
	next  *string
}

// pages reads a list page by page.
type pages struct {
	more func() bool
	read func(context.Context) (page, error)
	last string
}

func newPages[R any](need permission, pager *runtime.Pager[R], pageOf func(R) page) *pages {
	return &pages{more: pager.More, read: func(ctx context.Context) (page, error) {
		answer, err := do(ctx, need, func(ctx context.Context) (R, error) { return pager.NextPage(ctx) })
		if err != nil {
			return page{}, err
		}
		return pageOf(answer), nil
	}}
}

func secretPages(client *azsecrets.Client) *pages {
	return newPages(toList, client.NewListSecretPropertiesPager(nil), func(r azsecrets.ListSecretPropertiesResponse) page {
		return page{items: r.Value, next: r.NextLink}
	})
}

// next returns a page's items. A page that leads to itself would never end.
func (p *pages) next(ctx context.Context) ([]*azsecrets.SecretProperties, error) {
	answer, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	link := ""
	if answer.next != nil {
		link = *answer.next
	}
	if answer.items == nil || link != "" && link == p.last {
		return nil, malformed("a page of the list has no items or leads to itself")
	}
	p.last = link
	return answer.items, nil
}
