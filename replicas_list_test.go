package secretmux_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// A name that only= keeps from the first replica is listed from the one that serves it.
func TestListOfReplicasThatServeApart(t *testing.T) {
	full := func(uri string) *backend { return has(uri, "db/x", "1", "db/y", "1", "mail/x", "1", "web", "1") }
	down := failing("", secretmux.ErrUnavailable)
	for name, c := range map[string]struct {
		config string
		a, b   *backend
		want   []string
		class  error
	}{
		"the rest from the second": {"a:?only=db/*|b:", full(""), full(""), []string{"a db/x", "a db/y", "b mail/x", "b web"}, nil},
		"each its own":             {"a:?only=db/*|b:?only=db/x+mail/*", full(""), full(""), []string{"a db/x", "a db/y", "b mail/x"}, nil},
		"the first serves all":     {"a:|b:?only=db/*", full(""), has("", "db/z", "1"), []string{"a db/x", "a db/y", "a mail/x", "a web"}, nil},
		"the first is down":        {"a:?only=db/*|b:", down, full(""), []string{"b db/x", "b db/y", "b mail/x", "b web"}, nil},
		// Half a list would pass for the whole.
		"the second is down":           {"a:?only=db/*|b:", full(""), down, []string{"a db/x", "a db/y"}, secretmux.ErrUnavailable},
		"the second refuses":           {"a:?only=db/*|b:", full(""), failing("", secretmux.ErrDenied), []string{"a db/x", "a db/y"}, secretmux.ErrDenied},
		"both limited, the first down": {"a:?only=db/*|b:?only=mail/*", down, full(""), []string{"b mail/x"}, secretmux.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			s := must(secretmux.Open(t.Context(), c.config, answers("a", c.a, nil), answers("b", c.b, nil)))
			defer func() { _ = s.Close() }()
			got, err := listed(t, s, "")
			for i, one := range got { // the name of the scheme says who listed it
				name, source, _ := strings.Cut(one, "@")
				got[i] = source[:1] + " " + name
				if err == nil {
					if _, err := s.Get(t.Context(), name); err != nil {
						t.Errorf("%s is listed, and read as %v", name, err)
					}
				}
			}
			if !slices.Equal(got, c.want) || secretmux.ClassOf(err) != c.class {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	c := full("")
	s := must(secretmux.Open(t.Context(), "a:?only=db/*|b:,c:?only=web", answers("a", full(""), nil), answers("b", has("", "mail/x", "1"), nil), answers("c", c, nil)))
	defer func() { _ = s.Close() }()
	if got, err := listed(t, s, ""); err != nil || len(got) != 4 {
		t.Errorf("in a chain: %q, %v", got, err)
	}
}
