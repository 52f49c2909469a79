"""Scripts for the shells; each asks the `./kiban` that was typed, so every checkout has its own.

The name of the program is enough for a path that ends with it: the shells look for that, too.
"""

_BASH = r"""
_kiban() {
    local IFS=$'\n' program=${COMP_WORDS[0]/#\~/$HOME}
    COMPREPLY=($("$program" completion-words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _kiban kiban
"""
_ZSH = r"""
#compdef kiban
_kiban() {
    local -a found
    local program=${words[1]/#\~/$HOME}
    found=(${(f)"$("$program" completion-words "${(@)words[2,CURRENT]}" 2>/dev/null)"})
    if (( $#found )); then compadd -a found; else _files; fi
}
compdef _kiban kiban
"""
_FISH = r"""
function __kiban_words
    set -l typed (commandline -opc) (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $typed[1])
    $program completion-words $typed[2..-1] 2>/dev/null
end
complete -c kiban -a '(__kiban_words)'
"""
SHELLS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}
