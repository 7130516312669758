package composition_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// tree is a composition and, in a few lines, its expected answers.
type tree struct {
	kind string // "leaf", "chain", "replicas", "store" or "continue"
	on   []error
	kids []*tree

	b     *rigs.Backend // of a leaf, with only= and a class of failure by name
	only  string        // a letter that names must start with; empty: all
	batch bool
	uri   string
}

// verdict is an answer: a value or a class. unasked is a name that only= leaves out.
type verdict struct {
	value   string
	class   error
	settled bool // the secret is there, the version is not
	through bool // on= lets the composition above go on
	unasked bool
}

var (
	oracleNames   = []string{"a/one", "a/two", "b/one", "b/two", "c"}
	oracleClasses = []error{
		secretmux.ErrNotFound, secretmux.ErrDenied, secretmux.ErrUnavailable, secretmux.ErrDisabled, secretmux.ErrThrottled,
	}
)

// ask is the oracle. version is empty or "7".
func (t *tree) ask(name, version string) verdict {
	switch t.kind {
	case "leaf":
		return t.askLeaf(name, version)
	case "store":
		return t.kids[0].settle(name, version)
	case "continue":
		v := t.kids[0].ask(name, version)
		v.through = v.through || slices.Contains(t.on, v.class)
		return v
	}
	out := verdict{class: secretmux.ErrNotFound, unasked: true}
	allThrough, restThrough := true, true
	for _, kid := range t.kids {
		v := kid.ask(name, version)
		if t.kind == "chain" {
			v = kid.settle(name, version)
		}
		if v.unasked {
			continue
		}
		if out.unasked = false; v.class == nil || v.settled && t.kind == "chain" || !t.passes(v) {
			return verdict{value: v.value, class: v.class, through: len(t.kids) == 1 && v.through}
		}
		if errors.Is(out.class, secretmux.ErrNotFound) {
			out.class = v.class
		}
		allThrough = allThrough && v.through
		restThrough = restThrough && (v.through || errors.Is(v.class, secretmux.ErrNotFound))
	}
	out.through = allThrough || restThrough && len(t.kids) > 1 && !errors.Is(out.class, secretmux.ErrNotFound)
	return out
}

// settle distinguishes a missing version of an existing secret from a missing secret.
func (t *tree) settle(name, version string) verdict {
	v := t.ask(name, version)
	if version == "" || !errors.Is(v.class, secretmux.ErrNotFound) {
		return v
	}
	if current := t.ask(name, ""); current.class != nil {
		return current
	}
	v.settled = true
	return v
}

func (t *tree) passes(v verdict) bool {
	if v.through {
		return true
	}
	if t.kind == "chain" {
		return errors.Is(v.class, secretmux.ErrNotFound)
	}
	return errors.Is(v.class, secretmux.ErrUnavailable) || errors.Is(v.class, secretmux.ErrThrottled)
}

func (t *tree) askLeaf(name, version string) verdict {
	if !strings.HasPrefix(name, t.only) {
		return verdict{class: secretmux.ErrNotFound, unasked: true}
	}
	v := verdict{}
	value, found := t.b.Values[name]
	older, has := t.b.Versions[name+"@"+version]
	switch err := t.b.FailName[name]; {
	case err != nil:
		v.class = secretmux.ClassOf(err)
	case version == "" && found:
		v.value = value
	case version != "" && has:
		v.value = older
	default:
		v.class = secretmux.ErrNotFound
	}
	v.through = slices.Contains(t.on, v.class)
	return v
}

// grow makes a random composition.
func grow(r *rand.Rand, depth int, leaves *int) *tree {
	kinds := []string{"leaf", "leaf", "chain", "replicas", "store", "continue", "chain"}
	t := &tree{kind: kinds[r.IntN(len(kinds))]}
	if depth == 0 {
		t.kind = "leaf"
	}
	for range r.IntN(3) {
		t.on = append(t.on, oracleClasses[r.IntN(len(oracleClasses))])
	}
	switch t.kind {
	case "leaf":
		t.growLeaf(r, leaves)
	case "store", "continue":
		t.kids = []*tree{grow(r, depth-1, leaves)}
	default:
		for range 1 + r.IntN(3) {
			t.kids = append(t.kids, grow(r, depth-1, leaves))
		}
	}
	return t
}

func (t *tree) growLeaf(r *rand.Rand, leaves *int) {
	*leaves++
	t.uri, t.batch = fmt.Sprintf("leaf:n%d", *leaves), r.IntN(2) == 0
	t.b = rigs.Has("")
	t.b.FailName, t.b.Versions = map[string]error{}, map[string]string{}
	t.only = []string{"", "", "a", "b"}[r.IntN(4)]
	down := 0 // three failures would close the gate for the other names
	for _, name := range oracleNames {
		switch r.IntN(4) {
		case 0:
			t.b.Values[name] = t.uri + name
			if r.IntN(2) == 0 {
				t.b.Versions[name+"@7"] = t.uri + name + "@7"
			}
		case 1:
			class := oracleClasses[r.IntN(len(oracleClasses)-1)] // a throttle holds for all names of a link
			if errors.Is(class, secretmux.ErrUnavailable) {
				if down++; down > 2 {
					continue
				}
			}
			t.b.FailName[name] = &secretmux.Error{Class: class}
		}
	}
}

// build makes the real composition.
func (t *tree) build(ctx context.Context) secretmux.Provider {
	kids := make([]secretmux.Provider, len(t.kids))
	for i, kid := range t.kids {
		kids[i] = kid.build(ctx)
	}
	switch t.kind {
	case "chain":
		return rigs.ChainOf(kids...)
	case "replicas":
		return rigs.ReplicasOf(kids...)
	case "store":
		return rigs.Must(secretmux.New(kids[0], secretmux.Options{}))
	case "continue":
		return secretmux.ContinueOn(kids[0], t.on...)
	}
	var p secretmux.Provider = failingVersions{t.b}
	if !t.batch {
		p = unbatchedVersions{t.b}
	}
	config := t.uri + "?retry=off"
	if t.only != "" {
		config += "&only=" + t.only + "/**"
	}
	s := rigs.Must(secretmux.Open(ctx, config, rigs.Answers("leaf", p, nil)))
	return secretmux.ContinueOn(s, t.on...)
}

// failingVersions fails for a version in the same way as for the name.
type failingVersions struct{ *rigs.Backend }

func (f failingVersions) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	if err := f.FailName[name]; err != nil {
		return secretmux.Secret{}, err
	}
	return f.Backend.GetVersion(ctx, name, version)
}

type unbatchedVersions struct{ b *rigs.Backend }

func (u unbatchedVersions) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return u.b.Get(ctx, name)
}

func (u unbatchedVersions) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	return failingVersions{u.b}.GetVersion(ctx, name, version)
}

func (t *tree) String() string {
	var parts []string
	for _, kid := range t.kids {
		parts = append(parts, kid.String())
	}
	if t.kind == "leaf" {
		parts = append(parts, fmt.Sprintf("%s only=%q %v %v %v", t.uri, t.only, t.b.Values, t.b.Versions, t.b.FailName))
	}
	return fmt.Sprintf("%s%v(%s)", t.kind, t.on, strings.Join(parts, ", "))
}

// Random compositions answer as a simple oracle does: by Get, GetMany (repeated
// names too), GetVersion and Explain, each with gates of its own.
func TestRandomCompositionsAnswerAsTheOracle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for seed := range uint64(500) {
			leaves := 0
			tr := grow(rand.New(rand.NewPCG(seed, 7)), 3, &leaves)
			tr.compare(t)
			if t.Failed() {
				t.Fatalf("seed %d: %v", seed, tr)
			}
		}
	})
}

func (t *tree) compare(tt *testing.T) {
	ctx := tt.Context()
	with := func(use func(secretmux.Provider)) {
		p := t.build(ctx)
		use(p)
		if err := secretmux.Close(p); err != nil {
			tt.Errorf("Close: %v", err)
		}
	}
	for _, name := range oracleNames {
		want := t.ask(name, "")
		with(func(p secretmux.Provider) {
			got, err := p.Get(ctx, name)
			want.check(tt, "Get "+name, got, err)
			var sources []string
			for _, o := range secretmux.Explain(ctx, p, name).Links {
				if o.Role == secretmux.RoleAnswers {
					sources = append(sources, o.Source)
				}
			}
			if (len(sources) == 1) != (want.class == nil) || len(sources) > 1 || len(sources) == 1 && sources[0] != got.Source() {
				tt.Errorf("Explain %s: %q answer, want %q", name, sources, got.Source())
			}
		})
		with(func(p secretmux.Provider) {
			got, err := secretmux.GetVersion(ctx, p, name, "7")
			t.ask(name, "7").check(tt, "GetVersion "+name, got, err)
		})
	}
	with(func(p secretmux.Provider) {
		names := append(slices.Clone(oracleNames), oracleNames[0], oracleNames[3])
		for i, r := range rigs.GetMany(ctx, p, names...) {
			t.ask(names[i], "").check(tt, "GetMany "+names[i], r.Secret, r.Err)
		}
	})
}

func (v verdict) check(t *testing.T, what string, got secretmux.Secret, err error) {
	t.Helper()
	if got.Reveal() != v.value || secretmux.ClassOf(err) != v.class || (err == nil) != (v.class == nil) {
		t.Errorf("%s = %q, %v; want %q, %v", what, got.Reveal(), err, v.value, v.class)
	}
}
