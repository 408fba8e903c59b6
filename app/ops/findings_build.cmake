# cmake -D OUT=findings_build.h -D "FILES=a.c;b.h" -P findings_build.cmake
# Writes a fingerprint of the files, for app/ops/findings_keep.c alone to include.
set(all "")
foreach(file IN LISTS FILES)
    file(SHA256 ${file} hash)
    string(APPEND all ${hash})
endforeach()
string(SHA256 hash "${all}")
file(WRITE ${OUT} "/* Made by app/ops/findings_build.cmake. */\n#define FINDINGS_BUILD \"${hash}\"\n")
