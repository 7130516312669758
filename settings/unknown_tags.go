package settings

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ownTags are the tags of this package.
var ownTags = []string{ //nolint:gochecknoglobals // a constant list
	tagSecret, tagPrefix, tagDefault, tagOptional, tagEncoding, tagSep, tagKeySep, tagPlaceholder, tagDesc, tagValidate,
}

// otherTags are the tags of other libraries that fill structs from the environment.
// Such a tag may be left over from a port. It has no effect, and the field silently
// reads another name.
var otherTags = []string{ //nolint:gochecknoglobals // a constant list
	"env", "envDefault", "envPrefix", "envSeparator", "envconfig", "split_words", "mapstructure", "koanf", "conf", "cfg", "config",
}

// strayTags finds tags that have no effect here although their author expects
// one.
func strayTags(f reflect.StructField, path string) []error {
	keys, rest := tagKeys(f.Tag)
	isOwn := func(key string) bool { return slices.Contains(ownTags, key) && key != tagValidate }
	own := slices.ContainsFunc(keys, isOwn)
	var errs []error
	bad := func(problem, hint string) { errs = append(errs, badTag(path, problem, hint)) }
	for i, key := range keys {
		switch {
		case slices.Contains(ownTags, key) && slices.Contains(keys[:i], key):
			bad("it has the tag "+key+" twice", "keep one of them: the second has no effect")
		case slices.Contains(ownTags, key):
		case key == "required", oneSlip(strings.ToLower(key), "required"):
			bad("this package has no tag "+key, `leave out the tag: a field without default and optional is required`)
		case slices.Contains(otherTags, key) && !own:
			bad("its tag "+key+" is a tag of another library", `write the reference in a secret tag, or remove this tag`)
		default:
			if meant := misspelt(key); meant != "" {
				bad("this package has no tag "+key, "write "+meant)
			}
		}
	}
	if slices.ContainsFunc(ownTags, func(tag string) bool { return strings.Contains(rest, tag+":") }) {
		bad("its tag is malformed, so a part of it has no effect", `write key:"value" pairs with a space between them`)
	}
	if tag := f.Tag.Get(tagSecret); strings.Contains(tag, ",") {
		bad("the secret tag has a comma", `write options as tags of their own, such as optional:"true"; a field without them is required`)
	}
	if !f.IsExported() && own {
		bad("it has a tag of this package and is not exported", "export the field: only exported fields can be set")
	}
	return errs
}

// tagKeys returns the keys of a struct tag in the usual form. rest is the part that
// has another form. Go ignores the tags in it.
func tagKeys(tag reflect.StructTag) (keys []string, rest string) {
	for rest = strings.TrimLeft(string(tag), " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		key, after, _ := strings.Cut(rest, ":")
		value, err := strconv.QuotedPrefix(after)
		if err != nil || after[0] != '"' || strings.ContainsAny(key, " ,\"") {
			return keys, rest
		}
		keys = append(keys, key)
		rest = after[len(value):]
	}
	return keys, ""
}

// otherWords are names that a tag of this package might have had, and its own.
var otherWords = map[string]string{ //nolint:gochecknoglobals // a constant list
	"separator": tagSep, "seperator": tagSep, "delimiter": tagSep, "delim": tagSep, "fallback": tagDefault, "opt": tagOptional,
	"validation": tagValidate, "description": tagDesc, "encode": tagEncoding,
}

// misspelt returns the tag of this package that key was probably meant to be.
func misspelt(key string) string {
	if tag := otherWords[strings.ToLower(key)]; tag != "" {
		return tag
	}
	for _, tag := range ownTags {
		if len(tag) > 4 && (strings.EqualFold(key, tag) || strings.EqualFold(key, tag+"s") || oneSlip(strings.ToLower(key), tag)) {
			return tag
		}
	}
	return ""
}

// oneSlip reports whether a becomes b by adding, removing or changing one letter, or
// by swapping two neighbours.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return a[min(i+1, len(a)):] == b[min(i+1, len(b)):] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

// loosePrefix reports whether a prefix would run into the name behind it: "db" makes
// dbpassword.
func loosePrefix(prefix string) bool {
	if prefix == "" {
		return false
	}
	last := rune(prefix[len(prefix)-1])
	return unicode.IsLetter(last) || unicode.IsDigit(last)
}

// ofTheSystem are variables that an operating system or a shell sets. With env:, a
// field with one of these names would get the system's value and not its default.
var ofTheSystem = []string{ //nolint:gochecknoglobals // a constant list
	"user", "username", "logname", "home", "path", "pwd", "shell", "term", "lang", "language", "hostname", "host_name", "mail", "display",
	"editor", "pager", "tmpdir", "temp", "tmp", "tz", "os", "computername", "userprofile", "appdata", "comspec", "windir", "systemroot",
}
