package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/secretmux/secretmux"
)

// refused is L14: it returns the links that their backends refuse. An OpenFunc only
// reads the address and the parameters, and makes no call. The backends of Linted
// don't look for a program either. A provider that opened is closed at once.
func (s *session) refused(ctx context.Context, links []secretmux.ConfigLink) []hit {
	var hits []hit
	for i, link := range links {
		for _, backend := range slices.Concat(s.Backends, s.Linted) {
			open, has := backend[link.URI.Scheme]
			if !has {
				continue
			}
			p, err := open(ctx, link.URI)
			if err == nil {
				_ = secretmux.Close(p)
				continue
			}
			for _, one := range failures(err) {
				hits = append(hits, hit{link: i + 1, text: "the link can't be opened: " + problem(one)})
			}
		}
	}
	return hits
}

// problem returns the text of an opener's error, without its class.
func problem(err error) string {
	var e *secretmux.Error
	switch {
	case !errors.As(err, &e) || e.Err == nil:
		return err.Error()
	case e.Hint == "":
		return e.Err.Error()
	}
	return e.Err.Error() + "; " + e.Hint
}
