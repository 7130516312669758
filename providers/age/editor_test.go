package age_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/testing/conformance"
)

// changed returns the keys of the lines that differ.
func changed(before, after string) []string {
	old := strings.Split(before, "\n")
	var keys []string
	for _, line := range strings.Split(after, "\n") {
		if i := slices.Index(old, line); i >= 0 {
			old = slices.Delete(old, i, i+1)
			continue
		}
		key, _, _ := strings.Cut(line, "=")
		keys = append(keys, key)
	}
	for _, line := range old {
		key, _, _ := strings.Cut(line, "=")
		if !slices.Contains(keys, key) {
			keys = append(keys, "-"+key)
		}
	}
	return keys
}

// A change of one value changes its line, and the lines of the MAC and the time.
func TestSetChangesOneLine(t *testing.T) {
	f := file{opts: age.Options{Kind: age.Sops, Path: filepath.Join(t.TempDir(), "secrets.env"), IdentityFile: "testdata/x25519.key"}}
	f.write(t, read(t, "testdata/x25519.env"))
	must(t, os.Chmod(f.opts.Path, 0o640))
	e, err := age.NewEditor(f.opts)
	must(t, err)
	for _, c := range []struct {
		do   func() error
		want []string
	}{
		{func() error { return e.Set(t.Context(), "db/password", []byte(canary)) }, []string{"DB_PASSWORD", "sops_lastmodified", "sops_mac"}},
		{func() error { return e.Set(t.Context(), "db/password", []byte(canary)) }, nil},
		{func() error { return e.Set(t.Context(), "new/key", []byte("a\nb\\ c")) }, []string{"NEW_KEY", "sops_lastmodified", "sops_mac"}},
		{func() error { return e.Set(t.Context(), "new/key", nil) }, []string{"NEW_KEY", "sops_lastmodified", "sops_mac"}},
		{func() error { return e.Remove(t.Context(), "new/key") }, []string{"sops_lastmodified", "sops_mac", "-NEW_KEY"}},
		{func() error { return e.AddRecipients(t.Context(), newPair(t).recipient) }, []string{
			"sops_age__list_1__map_enc", "sops_age__list_1__map_recipient", "sops_lastmodified", "sops_mac",
		}},
	} {
		before := f.read(t)
		tick(e)
		must(t, c.do())
		if got := changed(before, f.read(t)); !slices.Equal(got, c.want) {
			t.Errorf("it changed %q, want %q", got, c.want)
		}
	}
	if info, err := os.Stat(f.opts.Path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o640 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	wantValue(t, f.provider(t), "db/password", canary)
	wantValue(t, f.provider(t), "cert", "-----BEGIN X-----\nline two\n-----END X-----\n")
	for _, value := range []string{`a\nb`, `\n`} {
		if err := e.Set(t.Context(), "x", []byte(value)); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%q: %v", value, err)
		}
	}
	noLeftovers(t, f)
}

var second = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// tick makes the editor write at a second that it has not used before.
func tick(e *age.Editor) {
	second = second.Add(time.Second)
	now := second
	e.SetNow(func() time.Time { return now })
}

// noLeftovers fails the test if the folder has more than the file and the list of
// recipients.
func noLeftovers(t *testing.T, f file) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(f.opts.Path))
	must(t, err)
	for _, entry := range entries {
		if name := entry.Name(); name != filepath.Base(f.opts.Path) && name != filepath.Base(f.opts.Path)+".recipients" {
			t.Errorf("%s is left", name)
		}
	}
}

// A change of an age: file leaves everything else as it was, comments too.
func TestSetInAnAgeFile(t *testing.T) {
	f := newFile(t, age.Age, newHybrid(t))
	e := f.editor(t)
	draft, err := e.Open(t.Context())
	must(t, err)
	const text = "# first\nA=1 # one\nB='x\ny'\nexport C=\"3\"\n\n# last"
	must(t, e.Save(t.Context(), draft, []byte(text)))
	must(t, e.Set(t.Context(), "b", []byte("it's\r\n\"$\\")))
	must(t, e.Set(t.Context(), "d", []byte("new\n")))
	must(t, e.Remove(t.Context(), "c"))
	draft, err = e.Open(t.Context())
	must(t, err)
	if want := "# first\nA=1 # one\nB=\"it's\\r\\n\\\"\\$\\\\\"\n\n# last\nD='new\n'\n"; string(draft.Text) != want {
		t.Errorf("it holds %q, want %q", draft.Text, want)
	}
	wantValue(t, f.provider(t), "b", "it's\r\n\"$\\")
	if err := e.Set(t.Context(), "e", []byte(canary+"\x00")); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a NUL: %v", err)
	} else {
		conformance.NoLeak(t, err, canary)
	}
	if err := e.Remove(t.Context(), "absent"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("an absent key: %v", err)
	}
}

// Public keys are enough to begin a file, and not enough to change it.
func TestPublicKeysSufficeForANewFile(t *testing.T) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		f := newFile(t, format, newPair(t))
		blind := f.opts
		blind.Identities, blind.Lookup = nil, func(string) (string, bool) { return "", false }
		e, err := age.NewEditor(blind, f.key.recipient)
		must(t, err)
		must(t, e.Set(t.Context(), "a", []byte(canary)))
		wantValue(t, f.provider(t), "a", canary)
		if err := e.Set(t.Context(), "b", []byte(canary)); !errors.Is(err, secretmux.ErrUnauthenticated) {
			t.Errorf("%s: the second value: %v", format, err)
		}
		if strings.Contains(f.read(t), canary) {
			t.Error("the value is in the file")
		}
	}
}

func TestRecipients(t *testing.T) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		t.Run(string(format), func(t *testing.T) {
			first, second := newPair(t), newPair(t)
			f := newFile(t, format, first).with(t, "a", "1")
			theirs := file{f.opts, second}
			theirs.opts.Identities = []filippo.Identity{second.identity}
			e := f.editor(t)
			wantClass(t, theirs.provider(t), "a", secretmux.ErrDenied)
			must(t, e.AddRecipients(t.Context(), second.recipient, second.recipient))
			wantValue(t, theirs.provider(t), "a", "1")
			wantValue(t, f.provider(t), "a", "1")
			wantRecipients(t, e, first.recipient, second.recipient)
			before := f.read(t)
			must(t, theirs.editor(t).Reencrypt(t.Context()))
			if f.read(t) == before {
				t.Error("the file did not change")
			}
			must(t, theirs.editor(t).RemoveRecipients(t.Context(), first.recipient))
			wantClass(t, f.provider(t), "a", secretmux.ErrDenied)
			wantValue(t, theirs.provider(t), "a", "1")
			wantRecipients(t, theirs.editor(t), second.recipient)
			if err := theirs.editor(t).RemoveRecipients(t.Context(), second.recipient); !errors.Is(err, secretmux.ErrInvalid) {
				t.Errorf("the last one: %v", err)
			}
			if err := theirs.editor(t).RemoveRecipients(t.Context(), first.recipient); !errors.Is(err, secretmux.ErrNotFound) {
				t.Errorf("one that is not there: %v", err)
			}
			private := second.identity.(*filippo.X25519Identity).String()
			for _, bad := range []string{private, "age1" + canary, "", "ssh-ed25519 " + canary} {
				err := theirs.editor(t).AddRecipients(t.Context(), bad)
				if !errors.Is(err, secretmux.ErrInvalid) {
					t.Errorf("a bad recipient: %v", err)
				}
				conformance.NoLeak(t, err, canary, private[20:])
			}
		})
	}
}

func wantRecipients(t *testing.T, e *age.Editor, want ...string) {
	t.Helper()
	got, err := e.Recipients(t.Context())
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("the recipients are %q, %v, want %q", got, err, want)
	}
}

// The list beside an age: file keeps its comments. Without the list a change is
// refused, so that no reader is shut out by accident.
func TestListOfRecipients(t *testing.T) {
	first, second := newPair(t), newPair(t)
	f := newFile(t, age.Age, first).with(t, "a", "1")
	list := f.opts.Path + ".recipients"
	must(t, os.WriteFile(list, []byte("# ours\r\n"+first.recipient+"\n\n# end"), 0o600))
	must(t, f.editor(t).AddRecipients(t.Context(), second.recipient))
	if got, want := read(t, list), "# ours\n"+first.recipient+"\n\n# end\n"+second.recipient+"\n"; got != want {
		t.Errorf("the list is %q, want %q", got, want)
	}
	must(t, os.Remove(list))
	for what, err := range map[string]error{
		"set": f.editor(t).Set(t.Context(), "b", nil), "add": f.editor(t).AddRecipients(t.Context(), second.recipient), "reencrypt": f.editor(t).Reencrypt(t.Context()),
	} {
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s without the list: %v", what, err)
		}
	}
	wantValue(t, f.provider(t), "a", "1")
	err := newFile(t, age.Age, newPair(t)).with(t, "a", "1").editor(t).AddRecipients(t.Context(), newHybrid(t).recipient)
	if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "quantum") {
		t.Errorf("a hybrid recipient beside a classic one: %v", err)
	}
}

// A person edits the plain text, and the file gets the changes.
func TestEdit(t *testing.T) {
	f := file{opts: age.Options{Kind: age.Sops, Path: filepath.Join(t.TempDir(), "secrets.env"), IdentityFile: "testdata/hybrid.key"}}
	f.write(t, read(t, "testdata/hybrid.env"))
	e, err := age.NewEditor(f.opts)
	must(t, err)
	draft, err := e.Open(t.Context())
	must(t, err)
	if string(draft.Text) != read(t, "testdata/plain.env") {
		t.Errorf("it shows %q", draft.Text)
	}
	before := f.read(t)
	must(t, e.Save(t.Context(), draft, draft.Text))
	if f.read(t) != before {
		t.Error("saving without a change changed the file")
	}
	for what, text := range map[string]string{"no =": canary, "a key twice": "A=" + canary + "\nA=2\n", "metadata": "sops_mac=" + canary + "\n"} {
		err := e.Save(t.Context(), draft, []byte(text))
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "line ") || errors.Is(err, age.ErrChanged) {
			t.Errorf("%s: %v", what, err)
		}
		conformance.NoLeak(t, err, canary)
	}
	text := strings.Replace(string(draft.Text), "DB_PASSWORD=hunter2", "# new\n\nDB_PASSWORD="+canary, 1)
	must(t, e.Save(t.Context(), draft, []byte(text)))
	keys := changed(before, f.read(t))
	keys = slices.DeleteFunc(keys, func(key string) bool { return strings.HasPrefix(key, "#ENC[") || key == "" })
	if want := []string{"DB_PASSWORD", "sops_lastmodified", "sops_mac"}; !slices.Equal(keys, want) {
		t.Errorf("it changed %q, want %q", keys, want)
	}
	wantValue(t, f.provider(t), "db/password", canary)
	if err := e.Save(t.Context(), draft, []byte("A=1\n")); !errors.Is(err, age.ErrChanged) || !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("after another change of the file: %v", err)
	}
	must(t, e.Reencrypt(t.Context()))
	if draft, err = e.Open(t.Context()); err != nil || string(draft.Text) != text {
		t.Errorf("after a new data key it shows %q, %v", draft.Text, err)
	}
	if strings.Contains(f.read(t), canary) {
		t.Error("the value is in the file")
	}
}

// A write may fail, or its process may end, at each step. The path then has the old
// file or the new one.
func TestACrashLosesNothing(t *testing.T) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		for _, step := range []string{"write", "sync", "rename"} {
			f := newFile(t, format, newPair(t)).with(t, "a", "old")
			before := f.read(t)
			e := f.editor(t)
			full := errors.New("the disk is full")
			e.OnStep(func(what string) error {
				if what == step {
					return full
				}
				return nil
			})
			if err := e.Set(t.Context(), "a", []byte(canary)); !errors.Is(err, secretmux.ErrUnavailable) {
				t.Errorf("%s: %v", step, err)
			}
			if f.read(t) != before {
				t.Errorf("%s: the file was changed", step)
			}
			noLeftovers(t, f)

			e.OnStep(func(what string) error {
				if what == step {
					panic("the process ends")
				}
				return nil
			})
			func() {
				defer func() { _ = recover() }()
				_ = e.Set(t.Context(), "a", []byte(canary))
			}()
			if f.read(t) != before {
				t.Errorf("%s: the file was changed by a process that ended", step)
			}
			must(t, f.editor(t).Set(t.Context(), "a", []byte("new"))) // the lock ended with it
			wantValue(t, f.provider(t), "a", "new")
		}
	}
}

// A crash between the list and the file must not bring back a removed reader.
func TestACrashWhileARecipientIsRemoved(t *testing.T) {
	first, second := newPair(t), newPair(t)
	f := newFile(t, age.Age, first).with(t, "a", "1")
	must(t, f.editor(t).AddRecipients(t.Context(), second.recipient))
	e := f.editor(t)
	renames := 0
	e.OnStep(func(what string) error {
		if what == "rename" {
			renames++
		}
		if renames == 2 {
			return errors.New("the process ends")
		}
		return nil
	})
	if err := e.RemoveRecipients(t.Context(), second.recipient); err == nil {
		t.Fatal("it did not fail")
	}
	must(t, f.editor(t).Set(t.Context(), "a", []byte("2")))
	theirs := f.opts
	theirs.Identities = []filippo.Identity{second.identity}
	p, err := age.New(theirs)
	must(t, err)
	wantClass(t, p, "a", secretmux.ErrDenied)
}

// Another program writes the file while it is changed here. The file of the other
// program stays.
func TestChangedMeanwhile(t *testing.T) {
	f := newFile(t, age.Sops, newPair(t)).with(t, "a", "1")
	e := f.editor(t)
	theirs := f.read(t) + "# theirs\n"
	e.OnStep(func(what string) error {
		if what == "sync" {
			f.write(t, theirs)
		}
		return nil
	})
	if err := e.Set(t.Context(), "a", []byte("2")); !errors.Is(err, age.ErrChanged) {
		t.Errorf("it says %v", err)
	}
	if f.read(t) != theirs {
		t.Error("the file of the other program was overwritten")
	}
	noLeftovers(t, f)
}

// Editors of one file wait for each other.
func TestEditorsWait(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // Windows has no lock: see Editor
	}
	f := newFile(t, age.Sops, newPair(t)).with(t, "a", "0")
	var wg sync.WaitGroup
	for _, name := range []string{"b", "c", "d", "e"} {
		wg.Go(func() {
			if err := f.editor(t).Set(t.Context(), name, []byte(name)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"b", "c", "d", "e"} {
		wantValue(t, f.provider(t), name, name)
	}
	waits, entered := f.editor(t), make(chan struct{})
	leave := make(chan struct{})
	waits.OnStep(func(what string) error {
		if what == "sync" {
			close(entered)
			<-leave
		}
		return nil
	})
	wg.Go(func() { _ = waits.Set(t.Context(), "a", []byte("1")) })
	<-entered
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.editor(t).Set(ctx, "a", []byte("2")); !errors.Is(err, context.Canceled) {
		t.Errorf("while another writes: %v", err)
	}
	close(leave)
	wg.Wait()
	wantValue(t, f.provider(t), "a", "1")
}

// A link to the file stays a link.
func TestALinkStaysALink(t *testing.T) {
	f := newFile(t, age.Sops, newPair(t)).with(t, "a", "1")
	link := filepath.Join(t.TempDir(), "link.env")
	if err := os.Symlink(f.opts.Path, link); err != nil {
		t.Skip("this system makes no links")
	}
	l := f
	l.opts.Path = link
	must(t, l.editor(t).Set(t.Context(), "a", []byte("2")))
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != os.ModeSymlink {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	wantValue(t, f.provider(t), "a", "2")
}
