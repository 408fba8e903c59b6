# cmake -D OUT=sv_mo.h -D MO=sv.mo -P embed_mo.cmake
# Writes the bytes of a compiled catalogue as a C array, for app/text/text.c alone to include.
file(READ ${MO} bytes HEX)
string(REGEX REPLACE "(................................)" "\\1\n    " bytes "${bytes}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1, " bytes "${bytes}")
string(REPLACE ", \n" ",\n" bytes "${bytes}")
file(WRITE ${OUT} "/* Made by app/text/embed_mo.cmake from app/text/sv.po. */\n"
                  "static const unsigned char text_sv_mo[] = {\n    ${bytes}\n};\n")
