package memory_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func reveal(t *testing.T, p secretmux.Provider, name, version string) string {
	t.Helper()
	s, err := secretmux.GetVersion(t.Context(), p, name, version)
	if err != nil {
		t.Fatalf("%s?version=%s: %v", name, version, err)
	}
	return s.Reveal()
}

func TestVersionsCountUp(t *testing.T) {
	m := memory.New(nil)
	for n := 1; n <= 3; n++ {
		if got := m.Set("a", "v"+strconv.Itoa(n)); got != strconv.Itoa(n) {
			t.Errorf("Set number %d returned version %q", n, got)
		}
	}
	m.Delete("a")
	if got := m.Set("a", "v4"); got != "4" {
		t.Errorf("Set after Delete returned version %q, want 4: an id must not mean two values", got)
	}
	if _, err := m.GetVersion(t.Context(), "a", "1"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("a version from before Delete: %v", err)
	}
}

func TestPut(t *testing.T) {
	m := memory.New(nil)
	created, expires := time.Unix(1, 0), time.Unix(2, 0)
	value := []byte("value")
	version := m.Put("a", value, secretmux.Meta{Version: "v-a", Created: created, Expires: expires, Source: "elsewhere:"})
	value[0] = 'X'
	s, err := m.Get(t.Context(), "a")
	if err != nil || version != "v-a" || s.Version() != "v-a" || !s.Created().Equal(created) || !s.Expires().Equal(expires) || s.Source() != "elsewhere:" {
		t.Errorf("the description is lost: %q %v %v %q, %v", s.Version(), s.Created(), s.Expires(), s.Source(), err)
	}
	if s.Reveal() != "value" {
		t.Errorf("Put does not copy the value")
	}
}

func TestPutOfAnOldVersionMakesItCurrent(t *testing.T) {
	m := memory.New(map[string]string{"a": "old"})
	m.Set("a", "new")
	m.Put("a", []byte("old"), secretmux.Meta{Version: "1"})
	s, err := m.Get(t.Context(), "a")
	if err != nil || s.Version() != "1" || s.Reveal() != "old" {
		t.Errorf("got version %q, %v", s.Version(), err)
	}
	if got := reveal(t, m, "a", secretmux.VersionPrevious); got != "new" {
		t.Errorf("previous is %q", got)
	}
	if got := m.Set("a", "newer"); got != "4" {
		t.Errorf("the next version is %q", got)
	}
}

func TestARepeatedVersionIsTheNewerOne(t *testing.T) {
	m := memory.New(map[string]string{"a": "old"})
	m.Put("a", []byte("restored"), secretmux.Meta{Version: "1"})
	if got := reveal(t, m, "a", "1"); got != "restored" {
		t.Errorf("version 1 is %q", got)
	}
}

func TestRotateGivesAnotherValueEachTime(t *testing.T) {
	m := memory.New(map[string]string{"a": "first"})
	one, two := m.Rotate("a"), m.Rotate("a")
	if one == two || one == "first" {
		t.Errorf("rotated to %q and %q", one, two)
	}
	if current, previous := reveal(t, m, "a", "current"), reveal(t, m, "a", "previous"); current != two || previous != one {
		t.Errorf("current %q, previous %q", current, previous)
	}
}

func TestDisabledUntilEnabledOrSet(t *testing.T) {
	m := memory.New(map[string]string{"a": "1"})
	for what, undo := range map[string]func(){"Enable": func() { m.Enable("a") }, "Set": func() { m.Set("a", "2") }} {
		m.Disable("a")
		if _, err := m.GetVersion(t.Context(), "a", "1"); !errors.Is(err, secretmux.ErrDisabled) {
			t.Errorf("an old version of a disabled secret: %v", err)
		}
		undo()
		if _, err := m.Get(t.Context(), "a"); err != nil {
			t.Errorf("after %s: %v", what, err)
		}
	}
}

func TestMistakesPanic(t *testing.T) {
	m := memory.New(nil)
	for what, f := range map[string]func(){
		"New with a bad name": func() { memory.New(map[string]string{"canary/..": "v"}) },
		"Set of a bad name":   func() { m.Set("canary\n", "v") },
		"Put of a bad name":   func() { m.Put("", nil, secretmux.Meta{}) },
		"Rotate of absent":    func() { m.Rotate("canary") },
		"Disable of absent":   func() { m.Disable("canary") },
		"Enable of absent":    func() { m.Enable("canary") },
	} {
		t.Run(what, func(t *testing.T) {
			defer func() {
				err, ok := recover().(error)
				if !ok || !errors.Is(err, secretmux.ErrInvalid) || strings.Contains(err.Error(), "canary") {
					t.Errorf("recovered %v, want an ErrInvalid that does not quote the name", err)
				}
			}()
			f()
		})
	}
	m.Set("a", "1") // a panic must not leave the lock held
}

func TestCreatedIsWhenItWasSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memory.New(map[string]string{"a": "1"})
		begin := time.Now()
		time.Sleep(time.Minute)
		m.Set("b", "2")
		a, _ := m.Get(t.Context(), "a")
		b, _ := m.Get(t.Context(), "b")
		if !a.Created().Equal(begin) || !b.Created().Equal(begin.Add(time.Minute)) {
			t.Errorf("created %v and %v", a.Created(), b.Created())
		}
	})
}

func TestConcurrentChanges(t *testing.T) {
	m := memory.New(map[string]string{"a": "0"})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				m.Rotate("a")
				if s, err := m.Get(t.Context(), "a"); err != nil || s.IsZero() {
					t.Errorf("Get while others rotate: %v", err)
				}
				for range m.List(t.Context(), "") {
					m.Calls()
				}
			}
		})
	}
	wg.Wait()
	s, err := m.Get(t.Context(), "a")
	if err != nil || s.Version() != "401" {
		t.Errorf("version %q after 400 rotations, %v", s.Version(), err)
	}
}
