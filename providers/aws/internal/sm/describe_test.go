package sm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// listed returns the entry of a name in the list.
func listed(t *testing.T, p secretmux.Provider, name string) secretmux.Info {
	t.Helper()
	for info, err := range secretmux.List(t.Context(), p, name) {
		if err != nil {
			t.Fatal(err)
		}
		if info.Name == name {
			return info
		}
	}
	t.Fatal("the list lacks it")
	return secretmux.Info{}
}

func TestListSays(t *testing.T) {
	a := newAccount(t)
	id := a.set("db", []byte("x"))
	a.change("db", func(s *stored) {
		s.listed = map[string]any{
			"CreatedDate": 1600000000.0, "LastChangedDate": 1700000000.0, "LastRotatedDate": 1650000000.0,
			"NextRotationDate": 1800000000.0, "LastAccessedDate": 1750000000.0,
		}
	})
	got := listed(t, open(t, awstest.At(a.URL)), "db")
	for _, tt := range []struct {
		what string
		got  time.Time
		want int64
	}{
		{"Created", got.Created, 1600000000},
		{"Updated", got.Updated, 1700000000},
		{"LastRotated", got.LastRotated, 1650000000},
		{"NextRotation", got.NextRotation, 1800000000},
		{"LastRead", got.LastRead, 1750000000},
	} {
		if tt.got.Unix() != tt.want {
			t.Errorf("%s is %v, want %v", tt.what, tt.got, time.Unix(tt.want, 0))
		}
	}
	// The times of the secret must not look like the age of its value.
	if got.Version != id || !got.VersionCreated.IsZero() || got.Enabled != nil {
		t.Errorf("listed %+v", got)
	}
}

// A changed tag moves LastChangedDate and nothing else.
func TestDescribeIsNotMovedByATag(t *testing.T) {
	a := newAccount(t)
	a.set("db", []byte("one"))
	id := a.set("db", []byte("two"))
	p := open(t, awstest.At(a.URL))
	before, err := p.Describe(t.Context(), "db")
	if err != nil || before.Version != id || before.VersionCreated.Unix() != 1700000002 || before.LastRead.Unix() != 1700092800 {
		t.Fatalf("%+v, %v", before, err)
	}
	a.change("db", func(s *stored) { s.listed = map[string]any{"LastChangedDate": float64(time.Now().Unix())} })
	if l := listed(t, p, "db"); time.Since(l.Updated) > time.Minute {
		t.Errorf("the tag left Updated at %v", l.Updated)
	}
	if after, err := p.Describe(t.Context(), "db"); err != nil || !after.VersionCreated.Equal(before.VersionCreated) {
		t.Errorf("after the tag: %+v, %v", after, err)
	}
}

func TestDescribeDenied(t *testing.T) {
	h := harness(t, "")
	h.Set(t, "db", []byte("x"))
	h.Fail(t, "db", secretmux.ErrDenied)
	_, err := secretmux.Describe(t.Context(), h.Provider, "db")
	if !errors.Is(err, secretmux.ErrDenied) || !strings.Contains(err.Error(), "secretsmanager:ListSecretVersionIds on the secret") {
		t.Errorf("%v", err)
	}
}

func TestDescribeWithoutACurrentVersion(t *testing.T) {
	a := newAccount(t)
	a.set("db", []byte("x"))
	a.change("db", func(s *stored) { delete(s.labels, "AWSCURRENT") })
	if _, err := open(t, awstest.At(a.URL)).Describe(t.Context(), "db"); !errors.Is(err, secretmux.ErrDisabled) {
		t.Errorf("%v", err)
	}
}

// 1,000 secrets cost 10 pages of 100, and one call for the age of each secret.
func TestCallsOfAThousand(t *testing.T) {
	const all = 1000
	a := newAccount(t)
	a.full = true
	for i := range all {
		a.set(fmt.Sprintf("s%04d", i), []byte("x"))
	}
	p := open(t, awstest.At(a.URL))
	names, err := awstest.List(t, p, "")
	if calls := a.Calls("ListSecrets"); err != nil || len(names) != all || calls != all/100 {
		t.Errorf("%d names in %d calls, %v, want %d in 10", len(names), calls, err, all)
	}
	for _, name := range names {
		if info, err := p.Describe(t.Context(), name); err != nil || info.VersionCreated.IsZero() {
			t.Fatalf("%+v, %v", info, err)
		}
	}
	if calls := a.Calls("ListSecretVersionIds"); calls != all || a.Calls("GetSecretValue", "BatchGetSecretValue") != 0 {
		t.Errorf("%d calls, want %d, and none for a value", calls, all)
	}
}
