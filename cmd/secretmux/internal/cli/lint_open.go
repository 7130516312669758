package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/secretmux/secretmux"
)

// refused is L14: what the backends of links say against them. An OpenFunc reads the
// address and the parameters and calls nobody, and those of Linted don't look for a
// program either; what it made is closed at once.
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
				hits = append(hits, hit{link: i + 1, text: "it does not open: " + problem(one)})
			}
		}
	}
	return hits
}

// problem is what an error of an opener says, without its class.
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
