package vault

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

// List yields the names that start with prefix. It reads one folder after the
// other. The name of a deleted secret is yielded until its metadata is deleted
// too. The engine does not filter names by policy, so Get may be denied for some.
// A folder that does not exist is empty. For a dynamic engine the error is
// errors.ErrUnsupported.
func (p *Provider) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return func(yield func(secretmux.Info, error) bool) {
		if err := p.list(ctx, prefix, yield); err != nil {
			p.mount.doubt(err)
			yield(secretmux.Info{}, p.fail("list", "", err))
		}
	}
}

func (p *Provider) list(ctx context.Context, prefix string, yield func(secretmux.Info, error) bool) error {
	switch {
	case p.opts.Dynamic:
		return errNoList
	case p.closed.Load():
		return errClosed
	}
	// Whole folders are read, so only those that the prefix leads into.
	start := prefix[:strings.LastIndexByte(prefix, '/')+1]
	if start != "" && !cleanPath(strings.TrimSuffix(start, "/")) {
		return ctx.Err() // no name that Get accepts starts so
	}
	folders := []string{start}
	for len(folders) > 0 {
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		keys, err := p.keys(ctx, strings.TrimSuffix(folder, "/"))
		if err != nil {
			return err
		}
		for _, key := range keys {
			name, isFolder := strings.CutSuffix(folder+key, "/")
			switch {
			case validateName(name) != nil: // Get would refuse it
			case isFolder:
				if strings.HasPrefix(name+"/", prefix) || strings.HasPrefix(prefix, name+"/") {
					folders = append(folders, name+"/")
				}
			case strings.HasPrefix(name, prefix):
				if !yield(secretmux.Info{Name: name, Source: p.source}, nil) {
					return nil
				}
			}
		}
	}
	return nil
}

// keys reads one folder.
func (p *Provider) keys(ctx context.Context, folder string) ([]string, error) {
	within, warned := "metadata", errNoMount
	if p.opts.KV == 1 {
		within, warned = "", errWantsV2
	}
	r := get(p.below(within, folder))
	r.query, r.limit = url.Values{"list": {"true"}}, maxList
	a, _, err := p.do(ctx, r)
	if err != nil {
		return nil, err
	}
	data, err := a.plain(warned)
	switch {
	case errors.Is(err, errAbsent):
		return nil, p.mount.prove(ctx) // an empty folder, if this is the right kind of mount
	case err != nil:
		return nil, err
	}
	var d struct {
		Keys []string `json:"keys"`
	}
	if json.Unmarshal(data, &d) != nil || d.Keys == nil {
		return nil, errMalformed
	}
	return d.Keys, nil
}
