package acme

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

// List yields the names of the folder that start with prefix.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		after := ""
		for {
			names, next, err := p.page(ctx, prefix, after)
			if err != nil {
				yield(secretmux.Info{}, p.fail("list", "", err))
				return
			}
			for _, key := range names {
				name, ok := strings.CutPrefix(key, p.key(""))
				if !ok || secretmux.ValidateName(name) != nil {
					continue // Get would refuse it
				}
				if !yield(secretmux.Info{Name: name, Source: p.address}, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			after = next
		}
	}
}

// page reads one page. It refuses a page that leads back, because the list would never
// end.
func (p *Provider) page(ctx context.Context, prefix, after string) (names []string, next string, err error) {
	query := url.Values{"prefix": {p.key(prefix)}}
	if after != "" {
		query.Set("after", after)
	}
	var page struct {
		Names *[]string `json:"names"` // nil in {}, which is not an empty list
		Next  string    `json:"next"`
	}
	if err := p.call(ctx, request{method: http.MethodGet, path: "/v1/names", query: query}, &page); err != nil {
		return nil, "", err
	}
	if page.Names == nil || page.Next != "" && page.Next <= after {
		return nil, "", errMalformed
	}
	return *page.Names, page.Next, nil
}
