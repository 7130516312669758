//go:build unix

package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Server is a server process that this process started.
type Server struct {
	// Folder belongs to the server and is removed at Stop. Port is free on loopback.
	Folder string
	Port   int

	input io.Closer // the server ends when this process ends
	done  chan error
	log   *os.File
	as    *syscall.Credential
}

// New makes the folder of a server and finds a port for it.
func New(name string) (*Server, error) {
	folder, err := os.MkdirTemp("", "secretmux-"+name+"-")
	if err != nil {
		return nil, err
	}
	s := &Server{Folder: folder}
	if s.as, err = unprivileged(); err == nil && s.as != nil {
		err = os.Chown(folder, int(s.as.Uid), int(s.as.Gid))
	}
	if err == nil {
		s.Port, err = freePort()
	}
	if err == nil {
		s.log, err = os.Create(filepath.Join(folder, "log")) //nolint:gosec // a folder of our own
	}
	if err != nil {
		_ = os.RemoveAll(folder)
		return nil, err
	}
	return s, nil
}

// unprivileged is the user that the server runs as: nobody, if this process is
// root.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // it runs as our own user
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(nobody.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(nobody.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func freePort() (int, error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	addr, err := netip.ParseAddrPort(l.Addr().String())
	return int(addr.Port()), err
}

// Run runs a program to its end, as the server's user.
func (s *Server) Run(ctx context.Context, program string, args ...string) error {
	cmd := s.command(ctx, program, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(program), err, out)
	}
	return nil
}

func (s *Server) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // this function is for running programs
	cmd.Dir = s.Folder
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Setpgid: true}
	cmd.Env = append(os.Environ(), "HOME="+s.Folder, "LC_ALL=C")
	return cmd
}

// Start starts the server and waits until ready returns nil. A shell beside it sends
// it the signal when this process ends, even after a crash.
func (s *Server) Start(ctx context.Context, ready func(context.Context) error, signal, program string, args ...string) error {
	script := `"$@" & pid=$!; read _; kill -` + signal + ` $pid; wait $pid`
	cmd := s.command(context.WithoutCancel(ctx), "/bin/sh", append([]string{"-c", script, "sh", program}, args...)...)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.input, s.done = input, make(chan error, 1)
	go func() { s.done <- cmd.Wait() }()
	for {
		if err = ready(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, errors.New("the server is not ready; the end of its log:\n"+s.tail()))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *Server) tail() string {
	text, _ := os.ReadFile(s.log.Name())
	lines := bytes.Split(text, []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-20):], []byte("\n")))
}

// Stop ends the server, if it runs, and removes its folder.
func (s *Server) Stop() error {
	var err error
	if s.input != nil {
		err = s.input.Close()
		err = errors.Join(err, ended(<-s.done))
	}
	_ = s.log.Close()
	return errors.Join(err, os.RemoveAll(s.Folder))
}

// ended returns the error of a server's end, if there is one. An end by our own
// signal is not an error.
func ended(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil
	}
	return err
}

// Find returns the first of the programs that exists: names are looked up in PATH. A
// text with a slash is a pattern, and its last match counts.
func Find(programs ...string) string {
	for _, p := range programs {
		if !strings.Contains(p, "/") {
			if found, err := exec.LookPath(p); err == nil {
				return found
			}
			continue
		}
		if found, _ := filepath.Glob(p); len(found) > 0 {
			return slices.MaxFunc(found, func(a, b string) int {
				if d := len(a) - len(b); d != 0 { // version 9 is before version 15
					return d
				}
				return strings.Compare(a, b)
			})
		}
	}
	return ""
}

// Missing skips a test whose server is not installed. It fails the test if
// $SECRETMUX_SERVERS lists the server.
func Missing(t testing.TB, name string) {
	t.Helper()
	text := name + " is not installed; see doc.go of this module"
	if slices.Contains(strings.Fields(os.Getenv("SECRETMUX_SERVERS")), name) {
		t.Fatal(text)
	}
	t.Skip(text)
}
