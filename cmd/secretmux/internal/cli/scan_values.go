package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/secretmux/secretmux"
)

// scanValues are the values to search for, and those that are missing.
type scanValues struct {
	found map[string]secretmux.Secret
	// others are the values that are masked for --context but not searched for.
	others map[string]secretmux.Secret
	// unread says which stores and secrets could not be read. Their values are not
	// searched for.
	unread []unread
	// whole says that an env: link was left out, because it lists the whole
	// environment.
	whole bool
}

// unread is a store or secrets that should be searched for but could not be read.
type unread struct {
	Source string `json:"source"`
	Class  string `json:"class"`
	// Secrets is how many secrets are missing. Zero means that the store could not
	// list them.
	Secrets int    `json:"secrets,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// valuesToFind reads the values to search for, with one list and one batch for each
// store. A store that can't be read is an error only with --require-store, because
// commits must work offline.
func (s *session) valuesToFind(ctx context.Context, f *scanFlags) (*scanValues, error) {
	v := &scanValues{found: map[string]secretmux.Secret{}, others: map[string]secretmux.Secret{}}
	if s.config == "" && os.Getenv("SECRETS") == "" && !f.requireStore && len(f.refs) == 0 {
		s.say("warning: there is no config string, so scan searches only for tokens of vendors; set SECRETS or pass -c")
		return v, nil
	}
	ctx, stop := s.bounded(ctx)
	defer stop()
	var err error
	if len(f.refs) > 0 {
		err = s.readRefs(ctx, f.refs, v)
	} else {
		err = s.readListed(ctx, v, f)
	}
	if err != nil && (f.requireStore || errors.Is(err, secretmux.ErrInvalid) || errors.Is(err, secretmux.ErrNotFound)) {
		return nil, err
	}
	s.hidden = nil // from here on, only names that a store knows are printed
	if len(v.unread) > 0 {
		s.say("warning: " + v.shortfall() + "; --require-store makes that an error")
	}
	if v.whole {
		s.say("the variables of env: are not searched for, because most of them are not secrets; name some with --ref, or set prefix=")
	}
	return v, nil
}

// readRefs reads the references that the user named, in one batch.
func (s *session) readRefs(ctx context.Context, refs []string, v *scanValues) error {
	store, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer closeStore(store)
	found, err := store.GetAll(ctx, refs...)
	v.found = found
	var many *secretmux.ManyError
	if errors.As(err, &many) {
		for _, one := range many.Failed {
			v.miss(store.String(), one)
		}
	}
	return err
}

// readListed reads all secrets that the stores list. The first store that has a
// value for a name wins, as in a chain.
func (s *session) readListed(ctx context.Context, v *scanValues, f *scanFlags) error {
	all, closeAll, err := s.groups(ctx)
	if err != nil {
		return err
	}
	defer closeAll()
	var errs []error
	for _, g := range all {
		into := v.found
		if g.whole {
			v.whole, into = true, v.others
			if !f.context {
				continue
			}
		}
		names, err := g.names(ctx, v)
		if err != nil {
			v.miss(g.source, err)
			errs = append(errs, notAbsent(err))
			continue
		}
		if len(names) == 0 {
			continue
		}
		found, err := g.GetAll(ctx, names...)
		for ref, secret := range found {
			into[ref] = secret
		}
		errs = append(errs, v.missMany(g.source, err))
	}
	return errors.Join(errs...)
}

// names lists a group. It returns the names that are new and can be read.
func (g group) names(ctx context.Context, v *scanValues) ([]string, error) {
	var names []string
	for info, err := range g.List(ctx, "") {
		if err != nil {
			return nil, err
		}
		ref := secretmux.Ref{Name: info.Name}.String()
		_, have := v.found[ref]
		if !have && (info.Enabled == nil || *info.Enabled) {
			names = append(names, ref)
		}
	}
	return names, nil
}

// missMany notes the secrets that a batch could not read. A secret that was deleted
// or disabled after it was listed does not count, because it has no value to search
// for.
func (v *scanValues) missMany(source string, err error) error {
	var many *secretmux.ManyError
	if !errors.As(err, &many) {
		return err
	}
	var errs []error
	for _, one := range many.Failed {
		if class := secretmux.ClassOf(one); errors.Is(class, secretmux.ErrNotFound) || errors.Is(class, secretmux.ErrDisabled) {
			continue
		}
		v.miss(source, one)
		errs = append(errs, notAbsent(one))
	}
	return errors.Join(errs...)
}

// notAbsent is the error of a store that could not be read. It is not a mistake of
// the command line, because the user did not write the name.
func notAbsent(err error) error {
	class := secretmux.ClassOf(err)
	if errors.Is(class, secretmux.ErrNotFound) || errors.Is(class, secretmux.ErrInvalid) {
		return &secretmux.Error{Op: "scan", Class: secretmux.ErrUnavailable, Err: errors.New("a store could not be read: " + err.Error())}
	}
	return err
}

// miss counts failures by store and class.
func (v *scanValues) miss(source string, err error) {
	u := unread{Source: source, Class: classText(err), Hint: hintOf(err)}
	single := 0
	if e := (*secretmux.Error)(nil); errors.As(err, &e) && e.Name != "" {
		single = 1
	}
	for i := range v.unread {
		if v.unread[i].Source == u.Source && v.unread[i].Class == u.Class {
			v.unread[i].Secrets += single
			return
		}
	}
	u.Secrets = single
	v.unread = append(v.unread, u)
}

// shortfall returns one line that names what is not searched for.
func (v *scanValues) shortfall() string {
	var parts []string
	for _, u := range v.unread {
		what := "all secrets"
		if u.Secrets > 0 {
			what = plural(u.Secrets, "secret")
		}
		parts = append(parts, fmt.Sprintf("%s of %s (%s)", what, u.Source, u.Class))
	}
	return "not searched for, because they can't be read: " + strings.Join(parts, ", ")
}
