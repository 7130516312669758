package cli

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// isTerminal reports whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// progress returns two functions. The first shows the progress of long work on one
// line, which it overwrites. The second removes the line. Nothing is shown without
// a terminal, with --quiet or with --json.
func (s *session) progress() (show func(text string), done func()) {
	if s.quiet || s.json || !isTerminal(s.Err) || os.Getenv("TERM") == "dumb" {
		return func(string) {}, func() {}
	}
	const erase = "\r\x1b[K"
	var (
		mu   sync.Mutex
		last time.Time
	)
	show = func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if time.Since(last) >= 100*time.Millisecond {
			last = time.Now()
			write(s.Err, erase+text)
		}
	}
	done = func() {
		mu.Lock()
		defer mu.Unlock()
		if !last.IsZero() {
			write(s.Err, erase)
		}
	}
	return show, done
}

// confirm asks a question on stderr and reports whether the answer is yes. If no
// person can answer, the error names the flag to pass instead.
func (s *session) confirm(question, flag string) (bool, error) {
	if s.noInput || !isTerminal(s.In) {
		return false, usage("the command can't ask here: there is no terminal, or --no-input was given", "pass "+flag)
	}
	write(s.Err, question+" [y/N] ")
	answer, err := bufio.NewReader(s.In).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}
