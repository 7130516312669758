package secretmux_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestListOfCompositions(t *testing.T) {
	one, two := has("one:", "a", "1", "db/x", "1"), has("two:", "a", "2", "b", "2", "db/y", "2")
	down, throttled := failing("down:", secretmux.ErrUnavailable), failing("slow:", secretmux.ErrThrottled)
	denied := failing("denied:", secretmux.ErrDenied)
	for name, c := range map[string]struct {
		p      secretmux.Provider
		prefix string
		want   []string
		class  error
	}{
		"union":              {chainOf(one, two), "", []string{"a@one:", "db/x@one:", "b@two:", "db/y@two:"}, nil},
		"prefix":             {chainOf(one, two), "db/", []string{"db/x@one:", "db/y@two:"}, nil},
		"no match":           {chainOf(one, two), "z", nil, nil},
		"a link can't":       {chainOf(one, plain(two)), "", []string{"a@one:", "db/x@one:"}, errors.ErrUnsupported},
		"a link fails":       {chainOf(one, denied, two), "", []string{"a@one:", "db/x@one:"}, secretmux.ErrDenied},
		"on= lists no holes": {chainOf(secretmux.ContinueOn(denied, secretmux.ErrDenied), two), "", nil, secretmux.ErrDenied},
		"nested":             {chainOf(replicasOf(down, one), two), "", []string{"a@one:", "db/x@one:", "b@two:", "db/y@two:"}, nil},
		"wrapped":            {secretmux.ContinueOn(chainOf(one, two)), "db/", []string{"db/x@one:", "db/y@two:"}, nil},
		"first replica":      {replicasOf(one, two), "", []string{"a@one:", "db/x@one:"}, nil},
		"replica down":       {replicasOf(down, throttled, two), "", []string{"a@two:", "b@two:", "db/y@two:"}, nil},
		"replica denied":     {replicasOf(denied, two), "", nil, secretmux.ErrDenied},
		"replica can't":      {replicasOf(plain(one), two), "", nil, errors.ErrUnsupported},
		"empty replica":      {replicasOf(has("empty:"), two), "", nil, nil},
		"replicas all down":  {replicasOf(down, throttled), "", nil, secretmux.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := listed(t, c.p, c.prefix)
			if !slices.Equal(got, c.want) || secretmux.ClassOf(err) != c.class {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	_, err := listed(t, replicasOf(down, throttled), "")
	var attempts *secretmux.FallbackError
	if !errors.As(err, &attempts) || len(attempts.Attempts) != 2 {
		t.Errorf("the error does not list the replicas: %v", err)
	}
}

func TestListStopsWithItsCaller(t *testing.T) {
	one, two := has("one:", "a", "1", "b", "1"), has("two:", "c", "2")
	for _, p := range []secretmux.Provider{chainOf(one, two), replicasOf(one, two)} {
		for range secretmux.List(t.Context(), p, "") {
			break
		}
	}
	if two.Lists.Load() != 0 {
		t.Error("the second link was listed for a caller that had left")
	}
}
