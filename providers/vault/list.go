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
// other, because the API has no recursive list. The name of a deleted secret is
// yielded until its metadata is deleted too. The engine does not filter names by
// policy, so Get may be denied for some. A folder that does not exist is empty. For
// a dynamic engine the error is errors.ErrUnsupported.
//
// It uses GET with list=true and not the method LIST: both mean the same
// (https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2#list-secrets),
// but many gateways pass only the standard methods.
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
	// Whole folders are read, so start with the deepest folder that the prefix
	// names. Every other folder would cost a call and yield nothing.
	start := prefix[:strings.LastIndexByte(prefix, '/')+1]
	if start != "" && !cleanPath(strings.TrimSuffix(start, "/")) {
		return ctx.Err() // Get accepts no name that starts like this
	}
	// The folders are a list of ours, and there is no recursion: yield may stop the loop at any
	// depth, and a depth that the server decides must not grow our stack.
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
			case validateName(name) != nil: // Get would refuse it, and a list must not offer a name that can't be read
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

// keys reads one folder. KV version 2 has its folders below metadata/, and version 1 has them
// below the mount itself.
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
	// A bare 404 of a list has the same two meanings as a bare 404 of a read.
	// Without the proof, a list through a wrong mount would look like an empty one,
	// and a tool that compares two lists would call every secret missing.
	switch {
	case errors.Is(err, errAbsent):
		return nil, p.mount.prove(ctx) // an empty folder, if this is the right kind of mount
	case err != nil:
		return nil, err
	}
	var d struct {
		Keys []string `json:"keys"`
	}
	// A list without keys is malformed and not empty: the server answers 404 for an
	// empty folder.
	if json.Unmarshal(data, &d) != nil || d.Keys == nil {
		return nil, errMalformed
	}
	return d.Keys, nil
}
