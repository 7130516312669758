package forms

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// maxNested is how deep a JSON document may sit as a text in another one.
const maxNested = 4

// Leaves calls visit for each text and number in doc where it is a JSON object or
// array, in the order of keys. Field is how a reference reaches it: a key of the
// document, or a JSON Pointer (RFC 6901) below. A text that is a document itself
// is visited as a whole and then for its own leaves, under its own field.
func Leaves(doc []byte, visit func(field string, text []byte)) {
	leaves(doc, "", visit, maxNested)
}

func leaves(doc []byte, field string, visit func(string, []byte), depth int) {
	if depth == 0 || !isContainer(doc) {
		return
	}
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	var root any
	if decoder.Decode(&root) != nil {
		return
	}
	w := walker{visit: visit, outer: field, depth: depth}
	w.walk("", root)
}

// isContainer reports whether value is a JSON object or array.
func isContainer(value []byte) bool {
	trimmed := bytes.TrimSpace(value)
	return len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(trimmed)
}

type walker struct {
	visit func(field string, text []byte)
	outer string // the field of the text that this document is; "" for none
	depth int
}

func (w *walker) walk(pointer string, node any) {
	switch node := node.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(node)) {
			w.walk(pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(key), node[key])
		}
	case []any:
		for i, element := range node {
			w.walk(pointer+"/"+strconv.Itoa(i), element)
		}
	case string:
		w.leaf(pointer, []byte(node))
	case json.Number:
		w.leaf(pointer, []byte(node))
	}
}

func (w *walker) leaf(pointer string, text []byte) {
	field := w.outer
	if field == "" {
		field = fieldOf(pointer)
	}
	w.visit(field, text)
	leaves(text, field, w.visit, w.depth-1)
}

// fieldOf is the shorter way to write a pointer to a key of the document itself.
func fieldOf(pointer string) string {
	key := pointer[1:]
	if key == "" || strings.ContainsAny(key, "/~") {
		return pointer
	}
	return key
}
