package cli

import (
	"bytes"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

// usualFiles are the files that no repository should have, and those of the
// stores.
func usualFiles(own []string) []string {
	files := []string{".env", ".env.local", ".env.development", ".env.staging", ".env.production", ".env.test"}
	for _, path := range own {
		if !slices.Contains(files, path) {
			files = append(files, path)
		}
	}
	return files
}

// missingRules are the lines that .gitignore lacks: those whose effect git does not
// have yet, by whatever rule.
func missingRules(ctx context.Context, root string, own []string) ([]string, error) {
	const some, example = ".env.local", ".env.example"
	ask := append([]string{".env", some, example}, own...)
	ignored, err := scan.Ignored(ctx, root, ask...)
	if err != nil {
		return nil, err
	}
	var lines []string
	if !slices.Contains(ignored, ".env") {
		lines = append(lines, ".env")
	}
	if !slices.Contains(ignored, some) {
		lines = append(lines, ".env.*")
	}
	if !slices.Contains(ignored, some) || slices.Contains(ignored, example) {
		lines = append(lines, "!"+example)
	}
	for _, file := range own {
		covered := file == ".env" || strings.HasPrefix(path.Base(file), ".env.") && path.Base(file) != example
		if !covered && !slices.Contains(ignored, file) {
			lines = append(lines, "/"+escapeRule(file))
		}
	}
	return lines, nil
}

// escapeRule makes a path a rule that means this path.
func escapeRule(file string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, " ", `\ `).Replace(file)
}

// appendIgnore writes the lines behind those that are there, with the same ends.
func (p *setup) appendIgnore() error {
	if len(p.ignore) == 0 {
		return nil
	}
	root, err := os.OpenRoot(p.root)
	if err != nil {
		return usage("the worktree can't be opened: "+reason(err), "")
	}
	defer func() { _ = root.Close() }()
	const name = ".gitignore"
	old, err := os.ReadFile(filepath.Join(p.root, name))
	if err != nil && !os.IsNotExist(err) {
		return usage("the file .gitignore can't be read: "+reason(err), "")
	}
	if info, err := root.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return usage("the file .gitignore is not a regular file, so that git does not read it", "make it one")
	}
	end := "\n"
	if bytes.Contains(old, []byte("\r\n")) {
		end = "\r\n"
	}
	text := strings.Join(p.ignore, end) + end
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		text = end + text
	}
	file, err := root.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return usage("the file .gitignore can't be written: "+reason(err), "")
	}
	_, err = file.WriteString(text)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return usage("the file .gitignore can't be written: "+reason(err), "")
	}
	return nil
}

// plainFiles are the schemes of files that hold values in plain text. Encrypted
// ones are made to be committed.
func plainFiles() []string { return []string{"dotenv", "file"} }

// ownFiles are the files of the stores themselves that lie below dir and hold plain
// text, relative to it. Outside of a repository scan leaves them out; inside of one
// git's ignore rules decide, because a store that is tracked is the leak.
func (s *session) ownFiles(dir string) []string {
	config, err := s.configString()
	if err != nil {
		return nil
	}
	links, _ := secretmux.ParseConfig(config)
	base, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	var files []string
	for _, l := range links {
		if l.URI == nil || !slices.Contains(plainFiles(), l.URI.Scheme) {
			continue
		}
		file, err := filepath.Abs(filepath.FromSlash(l.URI.Path))
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(base, file); err == nil && filepath.IsLocal(rel) && rel != "." {
			files = append(files, filepath.ToSlash(rel))
		}
	}
	return files
}
