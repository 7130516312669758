package ps_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// The list and the description have the same time: the version's own.
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

// 1,000 parameters cost 20 pages of 50, and the pages have the times.
func TestCallsOfAThousand(t *testing.T) {
	const all = 1000
	a := newAccount(t)
	a.full = true
	for i := range all {
		a.set(fmt.Sprintf("s%04d", i), []byte("x"))
	}
	n := 0
	for info, err := range open(t, awstest.At(a.URL)).List(t.Context(), "") {
		if err != nil || info.VersionCreated.IsZero() {
			t.Fatalf("%+v, %v", info, err)
		}
		n++
	}
	if calls := a.Calls(); n != all || calls != all/50 {
		t.Errorf("%d parameters in %d calls, want %d in 20", n, calls, all)
	}
}
