package ps_test

import (
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// The list and the description say the same: the version's own time.
func TestDescribeSaysWhatTheListSays(t *testing.T) {
	a := newAccount(t)
	a.set("/prod/a", []byte("one"))
	a.set("/prod/a", []byte("two"))
	a.set("/prod/ab", []byte("x"))
	opts := awstest.At(a.URL)
	opts.Prefix = "prod/"
	p := open(t, opts)
	got, err := p.Describe(t.Context(), "a")
	if err != nil || got.Version != "2" || !got.VersionCreated.Equal(created(2)) {
		t.Errorf("%+v, %v", got, err)
	}
	for info, err := range p.List(t.Context(), "a") {
		if err != nil || info.Name == "a" && info != got {
			t.Errorf("the list has %+v, %v, want %+v", info, err, got)
		}
	}
}

func TestDescribeByARN(t *testing.T) {
	a := newAccount(t)
	a.set("/prod/a", []byte("one"))
	_, err := open(t, awstest.At(a.URL)).Describe(t.Context(), account1+"/prod/a")
	if !errors.Is(err, errors.ErrUnsupported) || errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
