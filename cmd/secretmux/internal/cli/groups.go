package cli

import (
	"context"
	"strings"

	"github.com/secretmux/secretmux"
)

// group is a store for one part of a config string: the text between two commas.
// Commands that list all secrets use groups, because listing a chain ends at the
// first link that fails and would not show the links after it.
type group struct {
	*secretmux.Store
	source string
	// whole says that this is the whole environment. Most of its variables are not secrets.
	whole bool
}

// groups opens the groups of -c or SECRETS. It opens the whole config string first,
// so that errors in it are the same as for other commands.
func (s *session) groups(ctx context.Context) (all []group, closeAll func(), err error) {
	store, err := s.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	closeStore(store)
	config, err := s.configString()
	if err != nil {
		return nil, nil, err
	}
	links, err := secretmux.ParseConfig(config)
	if err != nil {
		return nil, nil, err
	}
	closeAll = func() {
		for _, g := range all {
			closeStore(g.Store)
		}
	}
	for len(links) > 0 {
		n, texts := 0, []string(nil)
		for ; n < len(links) && links[n].Overlay == links[0].Overlay; n++ {
			texts = append(texts, links[n].URI.String())
		}
		store, err := s.openConfig(ctx, strings.Join(texts, "|"), secretmux.Options{TTL: -1, NegativeTTL: -1})
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		all = append(all, group{Store: store, source: store.String(), whole: n == 1 && wholeEnvironment(links[0].URI)})
		links = links[n:]
	}
	return all, closeAll, nil
}

// wholeEnvironment reports whether a link lists every variable of the process.
func wholeEnvironment(u *secretmux.URI) bool {
	p := u.Params()
	return u.Scheme == "env" && !p.Has("prefix") && !p.Has("only")
}
