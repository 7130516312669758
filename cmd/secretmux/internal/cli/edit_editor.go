package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// editorCommand returns the editor and its options. No shell runs them.
func editorCommand() ([]string, error) {
	text := os.Getenv("VISUAL")
	if text == "" {
		text = os.Getenv("EDITOR")
	}
	if text == "" {
		text = "vi"
		if runtime.GOOS == "windows" {
			text = "notepad"
		}
	}
	argv, ok := shellWords(text)
	if !ok || len(argv) == 0 {
		return nil, usage("VISUAL or EDITOR is blank or has a quote that is not closed", "write the program and its options, as in VISUAL='code --wait'")
	}
	path, err := exec.LookPath(argv[0])
	if err != nil {
		return nil, usage("the editor is not installed", "set VISUAL or EDITOR")
	}
	return append(append([]string{path}, argv[1:]...), leaveNothing(path)...), nil
}

// leaveNothing returns options that keep an editor from writing copies of the text
// outside of its folder: swap, backup and undo files, and saved registers. Files in
// the folder are removed with it.
func leaveNothing(path string) []string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // vi is often a link to vim
	}
	name := strings.TrimSuffix(strings.ToLower(filepath.Base(path)), ".exe")
	switch {
	case strings.HasPrefix(name, "vim"), name == "gvim", name == "mvim":
		return []string{"-n", "-i", "NONE", "--cmd", "set nobackup nowritebackup noundofile", "-c", "set noswapfile nobackup nowritebackup noundofile viminfo="}
	case name == "nvim":
		return []string{"-n", "-i", "NONE", "--cmd", "set nobackup nowritebackup noundofile", "-c", "set noswapfile nobackup nowritebackup noundofile shada="}
	}
	return nil
}

// shellWords splits a text like a shell, by white space outside of quotes. It
// expands nothing. It reports whether all quotes are closed. On Windows a backslash
// is a part of a path, not an escape.
func shellWords(text string) (words []string, ok bool) {
	var w splitter
	for _, r := range text {
		w.next(r)
	}
	if w.inWord {
		w.words = append(w.words, w.word.String())
	}
	return w.words, w.quote == 0 && !w.escaped
}

// splitter is the state of shellWords after some characters.
type splitter struct {
	words           []string
	word            strings.Builder
	inWord, escaped bool
	quote           rune // the quote that is open
}

func (w *splitter) next(r rune) {
	blank := r == ' ' || r == '\t' || r == '\n'
	switch {
	case w.escaped:
		w.escaped = false
	case r == '\\' && w.quote != '\'' && runtime.GOOS != "windows":
		w.escaped, w.inWord = true, true
		return
	case w.quote != 0:
		if r == w.quote {
			w.quote = 0
			return
		}
	case r == '\'' || r == '"':
		w.quote, w.inWord = r, true
		return
	case blank && w.inWord:
		w.words, w.inWord = append(w.words, w.word.String()), false
		w.word.Reset()
		return
	case blank:
		return
	}
	w.inWord = true
	w.word.WriteRune(r)
}

// memoryFolder returns a folder in memory for plain text that must not reach a
// disk, if this system has one.
func memoryFolder() string {
	if folder := privateFolder(); folder != os.TempDir() {
		return folder
	}
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() && runtime.GOOS == "linux" {
		if probe, err := os.MkdirTemp("/dev/shm", "secretmux-*"); err == nil {
			_ = os.Remove(probe)
			return "/dev/shm"
		}
	}
	return os.TempDir()
}
