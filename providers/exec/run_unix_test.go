//go:build unix

package exec_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/testing/conformance"
)

// patience is far more than a slow machine needs, and far less than the minute that
// the commands of these tests would take.
const patience = 20 * time.Second

// gone waits until the process whose id is in the file has ended.
func gone(t *testing.T, pidFile string) {
	t.Helper()
	text, err := os.ReadFile(pidFile)
	must(t, err)
	pid, err := strconv.Atoi(string(text))
	must(t, err)
	for start := time.Now(); time.Since(start) < patience; <-time.After(10 * time.Millisecond) {
		if status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil && strings.Contains(string(status), ") Z ") {
			return // the process is dead, and nobody has waited for it
		}
		if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			return
		}
	}
	t.Error("the child lives on")
}

// The link's timeout ends the command and the processes that it started.
func TestHangsWithAChild(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	p := open(t, exec.Options{Args: []string{"play", "child", pidFile, "stay"}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for start := time.Now(); time.Since(start) < patience; <-time.After(10 * time.Millisecond) {
			if content, err := os.ReadFile(pidFile); err == nil && len(content) > 0 {
				break
			}
		}
		cancel()
	}()
	start := time.Now()
	_, err := p.Get(ctx, "x")
	if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(start); took > patience {
		t.Errorf("it took %v", took)
	}
	gone(t, pidFile)
}

func TestHangsUntilTheLinksTimeout(t *testing.T) {
	p := command(t, "hang")
	o := exec.Options{Environ: func() []string { return []string{"VALUE=" + canary} }}
	store, err := secretmux.Open(t.Context(), p.String()+"&timeout=300ms", o.Backend())
	must(t, err)
	defer func() { _ = store.Close() }()
	start := time.Now()
	err = wantClass(t, store, "x", secretmux.ErrUnavailable)
	if took := time.Since(start); took > patience {
		t.Errorf("it took %v: %v", took, err)
	}
}

// If a command ends while a child keeps its output open, this process can't know that
// the output is complete.
func TestAChildKeepsTheOutputOpen(t *testing.T) {
	pidFile := filepath.Join(t.TempDir(), "pid")
	p := open(t, exec.Options{Args: []string{"play", "child", pidFile, "leave"}})
	start := time.Now()
	err := wantClass(t, p, "x", secretmux.ErrUnavailable)
	if took := time.Since(start); took > patience || !strings.Contains(err.Error(), "keeps its standard output open") {
		t.Errorf("after %v: %v", took, err)
	}
	gone(t, pidFile)
}

// A program that can't be started is an outage, and its error has none of the
// arguments.
func TestCannotBeStarted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "program")
	must(t, os.WriteFile(path, []byte("\x7fELF is not one"), 0o700))
	p := open(t, exec.Options{Program: path, Args: []string{canary, "{name}"}})
	_, err := p.Get(t.Context(), "x")
	var e *secretmux.Error
	if !errors.As(err, &e) || !errors.Is(e.Class, secretmux.ErrUnavailable) {
		t.Fatal(err)
	}
	e.Source = "" // the link has the arguments
	conformance.NoLeak(t, err, canary)
}

// A program whose name is in the link is looked up in PATH only once.
func TestPathIsReadAtOpen(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	must(t, err)
	must(t, os.Symlink(self, filepath.Join(dir, "manager")))
	t.Setenv("PATH", dir)
	p := open(t, exec.Options{Program: "manager", Args: []string{"play", "print", "v"}})
	t.Setenv("PATH", t.TempDir())
	if got := get(t, p, "x"); got != "v" {
		t.Errorf("it printed %q", got)
	}
	if want := "exec:manager?arg=play"; !strings.HasPrefix(p.String(), want) {
		t.Errorf("its address is %s", p)
	}
	t.Setenv("PATH", ".")
	t.Chdir(dir)
	if _, err := exec.New(exec.Options{Program: "manager", Args: []string{"{name}"}}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("the working directory was searched: %v", err)
	}
}
